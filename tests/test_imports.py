"""Tests of the project's shape: imports point one way and cost nothing."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from cli.help.command_list import SUMMARIES
from indexer.store.store import Store
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder
from tests.slow_first import SLOW_FIRST

PACKAGES = ("indexer", "search", "server", "cli")
OURS = (*PACKAGES, "clipsearch", "tests")
MOST_MODULES = 17  # in a folder

# Each wing, and what it may import besides itself and the ground of its own package; a package stands for all of it.
# Whoever needs another arrow decides that here.
WINGS = {
    "indexer": "",
    "indexer/files": "",
    "indexer/download": "",
    "indexer/packed_tower": "indexer/files",
    "indexer/model_settings": "indexer/files",
    "indexer/builtin_space": "indexer/files",
    "indexer/models": "indexer/files indexer/download indexer/packed_tower indexer/model_settings"
    " indexer/builtin_space",
    "indexer/side_data": "",
    "indexer/metadata": "indexer/files indexer/side_data",
    "indexer/colour": "",
    "indexer/decoding": "indexer/files indexer/side_data indexer/metadata indexer/colour",
    "indexer/video": "indexer/decoding indexer/side_data indexer/metadata indexer/colour",
    "indexer/processes": "",
    "indexer/thumbnails": "indexer/files indexer/decoding indexer/video indexer/models indexer/processes",
    "indexer/store": "indexer/files indexer/metadata indexer/decoding indexer/models",
    "indexer/root_folders": "indexer/files indexer/store",
    "indexer/exported": "indexer/files",
    "indexer/text_tower": "indexer/models indexer/builtin_space indexer/store indexer/files indexer/exported",
    "indexer/image_tower": "indexer/models indexer/packed_tower indexer/store indexer/decoding indexer/exported"
    " indexer/files",
    "indexer/library_model": "indexer/models indexer/model_settings indexer/builtin_space indexer/packed_tower"
    " indexer/store indexer/image_tower indexer/decoding indexer/exported indexer/files",
    "indexer/engine": "indexer/files indexer/metadata indexer/decoding indexer/video indexer/models indexer/store"
    " indexer/processes indexer/thumbnails",
    "indexer/indexing": "indexer/root_folders indexer/engine indexer/library_model indexer/store indexer/models"
    " indexer/metadata indexer/decoding indexer/files indexer/download indexer/thumbnails",
    "indexer/remote_files": "indexer/files",
    "indexer/sources": "indexer/files indexer/metadata indexer/remote_files",
    "indexer/row_sets": "",
    "indexer/data_sets": "indexer/row_sets indexer/sources indexer/remote_files indexer/store indexer/metadata"
    " indexer/decoding"
    " indexer/models indexer/files",
    "indexer/data_set_runs": "indexer/data_sets indexer/sources indexer/engine indexer/indexing indexer/library_model"
    " indexer/store indexer/models indexer/metadata indexer/decoding indexer/files indexer/download",
    "indexer/ray_engine": "indexer/data_set_runs indexer/data_sets indexer/sources indexer/engine indexer/indexing"
    " indexer/library_model indexer/store indexer/models indexer/metadata indexer/decoding indexer/files"
    " indexer/download",
    "indexer/watching": "indexer/indexing indexer/root_folders indexer/store indexer/models indexer/files",
    "search": "indexer",
    "search/texts": "indexer",
    "search/places": "indexer",
    "search/filters": "indexer search/places",
    "search/journal": "indexer",
    "search/index": "indexer search/filters",
    "search/library": "indexer search/index search/texts search/filters search/places",
    "search/wider": "indexer search/texts",
    "search/query": "indexer search/library search/index search/texts search/filters search/wider search/folding",
    "search/facets": "indexer search/columns search/filters search/places",
    "search/plane": "indexer search/index",
    "search/columns": "indexer search/filters search/index search/library search/query",
    "search/labels": "indexer search/library search/index search/texts search/filters",
    "search/unindexed": "indexer search/labels search/library",
    "search/duplicates": "indexer search/library search/filters",
    "search/folding": "indexer search/duplicates",
    "search/sidecars": "indexer search/journal",
    "search/export": "indexer search/journal search/labels search/library search/filters",
    "search/evaluation": "indexer search/labels search/library search/texts",
    "search/corrections": "indexer search/labels search/library search/index search/filters search/texts"
    " search/evaluation",
    "search/lance_conditions": "indexer search/filters search/places",
    "search/data_sets": "indexer search/lance_conditions search/library search/query search/labels search/index"
    " search/texts search/filters search/places search/folding",
    "search/data_set_answers": "indexer search/data_sets search/lance_conditions search/library search/query"
    " search/labels search/index search/filters search/places search/folding search/embedding_files"
    " search/embedding_imports",
    "search/embedding_files": "indexer search/data_sets search/library search/journal search/plane search/filters",
    "search/embedding_imports": "indexer search/data_sets search/library search/embedding_files",
    "search/subsets": "indexer search/data_sets search/data_set_answers search/library search/labels search/index"
    " search/filters search/query search/journal search/export",
    "search/training": "indexer search/data_sets search/library search/labels search/index search/filters search/query"
    " search/subsets",
    "search/checking": "indexer search/index search/journal",
    "server": "indexer search",
    "server/safety": "indexer",
    "server/opened": "indexer search server/children",
    "server/children": "indexer search",
    "server/jobs": "indexer search server/children server/opened",
    "server/api": "indexer search server/safety server/opened server/jobs",
    "server/job_api": "indexer search server/children server/opened server/jobs server/api server/labelling",
    "server/picture_api": "indexer search server/opened server/api",
    "server/labelling": "indexer search server/opened server/jobs server/api",
    "server/agent_tools": "indexer search server/opened server/jobs server/api server/job_api server/picture_api"
    " server/labelling",
    "server/agent_changes": "indexer search server/jobs server/api server/job_api server/labelling server/agent_tools",
    "server/agents": "indexer server/opened server/agent_tools server/agent_changes",
    "server/running": "indexer search server/safety server/opened server/jobs server/api server/job_api"
    " server/picture_api server/labelling server/agents server/agent_tools",
    "cli/process": "",
    "cli/help": "indexer",
    "cli/completion": "indexer search",
    "cli/terminal": "indexer",
    "cli/shown": "indexer search cli/terminal",
    "cli/output": "indexer search cli/process cli/shown cli/terminal",
    "cli/hints": "indexer search cli/output cli/shown cli/terminal",
    "cli/options": "indexer search cli/hints cli/output cli/process cli/help cli/completion",
    "cli/reports": "indexer search cli/output cli/terminal",
    "cli/labelling": "indexer search cli/options cli/help cli/completion cli/output cli/shown cli/terminal",
    "cli/data_sets": "indexer search cli/hints cli/options cli/labelling cli/output cli/shown cli/process cli/terminal"
    " cli/help cli/completion",
    "cli/commands": "indexer search server cli/data_sets cli/hints cli/options cli/reports cli/labelling cli/output"
    " cli/shown cli/process cli/terminal cli/help cli/completion",
    "cli": "indexer search server cli/commands cli/data_sets cli/hints cli/options cli/reports cli/labelling"
    " cli/output cli/shown cli/process cli/terminal cli/help cli/completion",  # the roof
}
HEAVY = {
    "ray",
    "lance",
    "pyarrow",
    "fsspec",
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
    "fastapi",
    "starlette",
    "pydantic",
    "uvicorn",
    "mcp",
}
SLOW_PARTS = {"numpy.ma", "importlib.metadata", "urllib.request", "search.places.gazetteer"}  # 5 to 30 ms each


@cache
def modules() -> dict[str, Path]:
    """Return the files of our modules, by dotted name."""
    files = [file for package in PACKAGES for file in sorted((REPOSITORY / package).rglob("*.py"))]
    names = [".".join(file.relative_to(REPOSITORY).with_suffix("").parts) for file in files]
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


def imports_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (module of ours, name) of each import of ours, anywhere in a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (
                (alias.name, "") for alias in node.names if alias.name.split(".")[0] in (*PACKAGES, "clipsearch")
            )
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            for alias in node.names if module.split(".")[0] in OURS else ():
                whole = f"{module}.{alias.name}"
                yield (whole, "") if whole in modules() else (module, alias.name)


def wing_of(module: str) -> str:
    """Return the wing that a module is in."""
    return modules()[module].parent.relative_to(REPOSITORY).as_posix()


def may_import(wing: str, other: str) -> bool:
    """Return whether the table has an arrow; a package's ground is everyone's in it, but a roof is nobody's."""
    package, allowed = wing.split("/")[0], WINGS[wing].split()
    grounds = {package, *(one.split("/")[0] for one in allowed)} - {"cli"}
    return other == wing or other in grounds or other in allowed or other.split("/")[0] in allowed


def test_every_arrow_is_in_the_table() -> None:
    for module, file in modules().items():
        for other, _ in imports_of(file):
            assert other in modules(), f"{module} imports {other}"
            assert may_import(wing_of(module), wing_of(other)), f"{module} imports {other}: no arrow in WINGS"


def test_no_wing_imports_anothers_private_name() -> None:
    for module, file in modules().items():
        for other, name in imports_of(file):
            private = name.startswith("_") or other.split(".")[-1].startswith("_")
            assert not private or other == module, f"{module} imports {other}.{name}"


def test_the_table_is_the_house_and_has_no_circle() -> None:
    assert set(WINGS) == {wing_of(module) for module in modules()}
    arrows = {wing: {other for other in WINGS if other != wing and may_import(wing, other)} for wing in WINGS}
    list(TopologicalSorter(arrows).static_order())


def test_no_module_imports_itself_by_way_of_others() -> None:
    arrows = {module: {other for other, _ in imports_of(file)} - {module} for module, file in modules().items()}
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")


def test_folders_stay_small_and_say_what_they_are_for() -> None:
    for package in PACKAGES:
        for folder in {file.parent for file in (REPOSITORY / package).rglob("*.py")}:
            most = len(SUMMARIES) if folder.name == "commands" else MOST_MODULES  # there a module is a command
            assert len(list(folder.glob("*.py"))) - 1 <= most, folder
            (docstring,) = ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
            assert isinstance(docstring, ast.Expr), f"{folder}/__init__.py re-exports nothing"


def test_tests_stand_where_their_modules_do() -> None:
    for file in (REPOSITORY / "tests").rglob("test_*.py"):
        wing = file.parent.relative_to(REPOSITORY / "tests").as_posix()
        assert wing in (*WINGS, ".", "docs", "benchmarks", "page"), f"{file}: there is no such wing"
    assert [file for file in SLOW_FIRST if not (REPOSITORY / file).is_file()] == [], "they have moved"


@pytest.mark.parametrize(("module", "allowed"), [("clipsearch", set()), ("cli.main", set())])
def test_importing_is_free(module: str, allowed: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) & {*HEAVY, "sqlite3", "urllib.request"} == allowed


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


def test_a_query_of_a_text_seen_before_loads_little(sample_library: Path, cache: Path) -> None:
    code = """
import sys
sys.argv = ["clipsearch", "query", "red", "envelope", "--library", sys.argv[1], "--device", "cpu"]
from cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""
    command = [sys.executable, "-c", code, str(sample_library)]
    environment = {**os.environ, "CLIPSEARCH_CACHE": str(cache)}
    for _ in range(2):  # the first one embeds the text
        ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=REPOSITORY)
    loaded = set(ended.stdout.splitlines()[-1].split())
    assert "numpy" in loaded and not loaded & ((HEAVY - {"numpy"}) | {"onnxruntime", *SLOW_PARTS})


def test_an_assistant_that_searches_waits_for_nothing_that_only_others_need(sample_library: Path, cache: Path) -> None:
    """What the SDK itself loads is not ours to leave out."""
    code = """
import sys
import anyio, mcp.server.mcpserver, mcp.server.stdio
of_the_sdk = {*sys.modules}
from pathlib import Path
import server.agents.stdio
from server.agent_tools.agent import Agent
from server.agents.door import make_server
from server.opened.open_library import OpenLibrary
opened = OpenLibrary(Path(sys.argv[1]), device="cpu", read_only=True)
served = make_server(Agent(opened))
arguments = {"query": "red envelope", "limit": 1}
answer = anyio.run(served.call_tool, "search_photos", arguments)
assert answer.structured_content["hits"][0]["name"] == "red-envelope.jpg"
print(*(name for name in sys.modules if name not in of_the_sdk))
opened.close()
"""
    environment = {**os.environ, "CLIPSEARCH_CACHE": str(cache)}
    command = [sys.executable, "-c", code, str(sample_library)]
    for _ in range(2):  # the first one embeds the text
        ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=REPOSITORY)
    loaded = set(ended.stdout.split())
    assert {"numpy", "server.agents.door"} <= loaded
    surplus = loaded & ((HEAVY - {"numpy"}) | {"numpy.ma", "onnxruntime", "watchfiles", "httpx2"})
    assert not surplus
    ours = {name.rpartition(".")[0] for name in loaded if name.startswith(("server.", "search.", "cli."))}
    assert not ours & {"server.agent_changes", "server.jobs", "server.job_api", "server.picture_api", "server.running"}
    assert not ours & {"search.duplicates", "search.labels", "search.corrections", "search.journal", "cli"}


def test_public_names() -> None:
    import clipsearch

    assert clipsearch.__all__ == sorted(clipsearch.__all__)
    assert {"open", "Library", "Hit", "LabelledPicture", "ClipsearchError"} <= set(clipsearch.__all__)
    assert all(hasattr(clipsearch, name) for name in clipsearch.__all__)


@pytest.mark.parametrize("file", sorted((REPOSITORY / "benchmarks").rglob("*.py")), ids=lambda file: file.name)
def test_benchmarks_import_what_is_there(file: Path) -> None:
    for module, name in imports_of(file):
        assert not name or hasattr(importlib.import_module(module), name), f"there is no {module}.{name}"
