"""Tests of the project's shape: imports point one way and cost nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder

ALLOWED = {"indexer": {"indexer"}, "search": {"search", "indexer"}, "cli": {"cli", "search", "indexer"}}
HEAVY = {
    "torch",
    "open_clip",
    "transformers",
    "timm",
    "faiss",
    "numpy",
    "PIL",
    "rich",
    "sqlite_utils",
    "jinja2",
    "textual_image",
}


def imported(source: str) -> set[str]:
    """Return the top-level names that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_run_cli_to_search_to_indexer(package: str) -> None:
    files = sorted((REPOSITORY / package).rglob("*.py"))
    assert files
    for file in files:
        ours = imported(file.read_text()) & {*ALLOWED, "clipsearch", "tests"}
        assert ours <= ALLOWED[package], f"{file.name} imports {ours - ALLOWED[package]}"


@pytest.mark.parametrize(("module", "allowed"), [("clipsearch", set()), ("cli", set())])
def test_importing_is_free(module: str, allowed: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) & HEAVY == allowed


def test_a_run_that_finds_nothing_to_do_loads_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    code = """
import sys
sys.argv = ["clipsearch", "index", "--library", sys.argv[1], "--device", "cpu"]
from cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""
    environment = {**os.environ, "CLIPSEARCH_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code, str(store.folder)]
    for _ in range(2):  # the first one finds out that this model's text tower can't be prepared
        ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=REPOSITORY)
    assert "1 unchanged" in ended.stderr
    assert not set(ended.stdout.split()) & HEAVY


def test_public_names() -> None:
    import clipsearch

    assert clipsearch.__all__ == sorted(clipsearch.__all__)
    assert {"open", "Library", "Hit", "LabelledPicture", "ClipsearchError"} <= set(clipsearch.__all__)
    assert all(hasattr(clipsearch, name) for name in clipsearch.__all__)
