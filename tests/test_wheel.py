"""The wheel: it holds every package with its data, and works where the repository is not."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.parse
import urllib.request
import venv
import zipfile
from importlib.metadata import PathDistribution, packages_distributions
from pathlib import Path
from typing import cast

import pytest

from tests.conftest import REPOSITORY, SAMPLES

PACKAGES = ("indexer", "search", "server", "cli")
STUBS = "clipsearch-stubs/__init__.pyi"  # the types of clipsearch.py

# What somebody else writes, with a fault in its last line.
CONSUMER = """
import clipsearch

with clipsearch.open("library") as library:
    paths = [hit.path for hit in library.query("red envelope", k=10)]
    reveal_type(paths)
    reveal_type([picture.probability for picture in library.label(["cup", "car"])])
    library.query(10)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what it is made of, so that nothing of the repository is touched."""
    source = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("clipsearch.py", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", "dist", "."]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = (source / "dist").glob("clipsearch-*.whl")
    return built


def test_it_holds_all_packages_and_their_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = [file for name in PACKAGES for file in (REPOSITORY / name).rglob("*") if file.is_file()]
    wanted = {file.relative_to(REPOSITORY).as_posix() for file in files if "__pycache__" not in file.parts}
    assert held == {*wanted, "clipsearch.py", STUBS}
    assert {Path(name).suffix for name in wanted} >= {".py", ".txt", ".html", ".typed", ".js", ".css", ".svg"}


def test_type_checkers_see_its_types(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, symlinks=os.name != "nt")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    (tmp_path / "consumer.py").write_text(CONSUMER)
    python = Path(sysconfig.get_path("scripts", "venv", {"base": str(environment)})) / "python"
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "consumer.py"]
    without = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    told = subprocess.run(command, cwd=tmp_path, env=without, capture_output=True, text=True, check=False).stdout
    assert '"list[pathlib.Path]"' in told and '"list[float]"' in told
    assert re.findall(r":(\d+): error: .*\[([a-z-]+)\]", told) == [("8", "arg-type")], told


def test_it_declares_what_it_imports(wheel: Path) -> None:
    (info,) = (entry for entry in zipfile.Path(wheel).iterdir() if entry.name.endswith(".dist-info"))
    requires = PathDistribution(cast(Path, info)).requires or []
    declared = {_normal(line) for line in requires if "extra == 'dev'" not in line}
    declared |= {"scikit-learn", "mcp-types"}  # a user's own; of mcp
    providers = packages_distributions()
    for file in _modules():
        for module in _imported(file):
            provided_by = {_normal(name) for name in providers.get(module, ())}
            assert not provided_by or provided_by & declared, f"{file} imports {module}, of {provided_by}"


def test_it_works_in_an_empty_environment_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, symlinks=os.name != "nt")
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(environment),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(environment)}))
    purelib = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    # The dependencies come from here, but no .pth of theirs, and so not the repository.
    (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    (tmp_path / "photos").mkdir()
    shutil.copy(SAMPLES / "red-envelope.jpg", tmp_path / "photos")

    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def clipsearch(*words: str) -> str:
        command = [str(scripts / "clipsearch"), *words]
        done = subprocess.run(command, cwd=tmp_path, env=without, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "clipsearch query" in clipsearch("--help")
    where = "import search.labels.presets as one; print(one.__file__); one.preset('photo-basics')"
    python = str(scripts / "python")
    asked = subprocess.run([python, "-c", where], cwd=tmp_path, env=without, capture_output=True, text=True, check=True)
    assert asked.stdout.startswith(str(purelib))
    clipsearch("index", "photos", "--model", "builtin", "--workers", "0")
    assert_serves_its_page(scripts / "clipsearch", tmp_path)
    assert_answers_assistants(scripts / "clipsearch", tmp_path)
    assert "red-envelope.jpg" in clipsearch("query", "red envelope", "--html", "sheet.html")
    assert "red-envelope" in (tmp_path / "sheet.html").read_text(encoding="utf-8")


def assert_serves_its_page(command: Path, folder: Path) -> None:
    """Fetch the page from a server of the installed wheel, and every file that it and its files name."""
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(command), "serve", "--port", "0", "--no-open"]
    with subprocess.Popen(words, cwd=folder, env=without, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            address = serving.stdout.readline().strip()
            fetched = fetch_all(address)
        finally:
            serving.terminate()
    page = REPOSITORY / "server" / "page"
    assert {file.relative_to(page).as_posix() for file in page.rglob("*.*")} - {"index.html"} <= fetched


def assert_answers_assistants(command: Path, folder: Path) -> None:
    """Greet the installed wheel as an assistant's host does."""
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    who = '"params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a host","version":"1"}}'
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([str(command), "mcp"], cwd=folder, env=without, **pipes) as answering:  # type: ignore[call-overload]
        answering.stdin.write('{"jsonrpc":"2.0","id":1,"method":"initialize",' + who + "}\n")
        answering.stdin.flush()
        assert '"name":"clipsearch"' in answering.stdout.readline()
        answering.stdin.close()
        assert answering.wait(60) == 0


def fetch_all(address: str) -> set[str]:
    """Return the files below page/ that can be reached from an address; each is there."""
    known = {"/"}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        with urllib.request.urlopen(address.rstrip("/") + path, timeout=120) as answer:
            assert answer.status == 200
            text = answer.read().decode()
        named = re.findall(
            r"""(?:href|src)="(/page/[^"]+)"|(?:from|import|import\()\s*"(\.[^"]+)"|url\("?([^")]+)"?\)""", text
        )
        for name in filter(None, (part for parts in named for part in parts)):
            target = urllib.parse.urljoin(path, name)
            if target not in known:
                known.add(target)
                waiting.append(target)
    return {path.removeprefix("/page/") for path in known if path.startswith("/page/")}


def _modules() -> list[Path]:
    return [REPOSITORY / "clipsearch.py", *(file for name in PACKAGES for file in (REPOSITORY / name).rglob("*.py"))]


def _imported(file: Path) -> set[str]:
    """Return the first parts of the names of all modules that are imported anywhere in a file."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    whole = plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in whole} - {*PACKAGES, "clipsearch"}


def _normal(requirement: str) -> str:
    """Return the name in a requirement, as package indexes compare it."""
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()
