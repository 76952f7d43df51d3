"""The page's tests, which are written in its own language and run in Node: without a browser, and with one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

FOLDER = Path(__file__).parent
UNIT, IN_BROWSER = (sorted((FOLDER / kind).glob("*.test.js")) for kind in ("unit", "e2e"))
BROWSER = os.environ.get("CLIPSEARCH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 3600  # that nothing takes, however busy the machine is

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
needs_browser = pytest.mark.skipif(
    BROWSER is None or not (REPOSITORY / "node_modules" / "playwright-core").exists(),
    reason="chromium or the packages of package.json are not installed (apt-get install chromium; make test)",
)


def run_node(file: Path, **environment: str) -> None:
    """Run the tests of one file; pytest shows what it prints if one fails."""
    command = ["node", "--test", "--test-reporter=spec", str(file)]
    ended = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, **environment}, capture_output=True, text=True, timeout=SECONDS
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "tests 0" not in ended.stdout, f"{file} has no test"


@needs_node
@pytest.mark.parametrize("file", UNIT, ids=lambda file: file.stem)
def test_without_a_browser(file: Path) -> None:
    run_node(file)


@pytest.fixture(scope="session")
def page_library(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Return a library of the sample pictures, made by the command, so that texts need no model as on any other day."""
    folder = tmp_path_factory.mktemp("page") / "library"
    for words in (("index", "sample_images", "--model", "builtin"), ("query", "cup")):
        command = [sys.executable, "-c", "from cli.main import main; main()", *words, "--library", str(folder)]
        environment = {**os.environ, "CLIPSEARCH_CACHE": str(cache)}
        subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, timeout=SECONDS)
    return folder


@needs_node
@needs_browser
@pytest.mark.parametrize("file", IN_BROWSER, ids=lambda file: file.stem)
def test_in_a_browser(file: Path, page_library: Path, cache: Path) -> None:
    assert BROWSER is not None
    run_node(
        file,
        CLIPSEARCH_CACHE=str(cache),
        CLIPSEARCH_PAGE_LIBRARY=str(page_library),
        CLIPSEARCH_PYTHON=sys.executable,
        CLIPSEARCH_CHROMIUM=BROWSER,
    )
