"""Tests of the project's shape: imports point one way and cost nothing."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

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


def test_public_names() -> None:
    import clipsearch

    assert clipsearch.__all__ == sorted(clipsearch.__all__)
    assert {"open", "Library", "Hit", "LabelledPicture", "ClipsearchError"} <= set(clipsearch.__all__)
    assert all(hasattr(clipsearch, name) for name in clipsearch.__all__)
