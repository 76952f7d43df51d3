"""Tests of what is done with texts that others wrote: every command, on a real terminal and with pipes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.help.command_list import SUMMARIES
from cli.options.subsets import KINDS
from tests.hostile import BYTES, CLEAR, FAMILY, LINES, LONG, NEXT, PERSIAN, TITLE, Hostile, hostile_library, leaks

Arguments = list[str | Path]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo terminal and names of any bytes")
EMBEDDINGS = (".parquet", ".npy", ".lance", "/")
FORMATS = ("table", "json", "jsonl", "csv", "spreadsheet", "paths")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return hostile_library(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def hostile(prepared: Hostile, tmp_path: Path) -> Iterator[Hostile]:
    """A copy of the library."""
    library = tmp_path / f"lib{TITLE}\nFORGED"
    shutil.copytree(prepared.library, library)
    yield replace(prepared, library=library, environment=prepared.environment | {"CLIPSEARCH_LIBRARY": str(library)})


def invocations(command: str, hostile: Hostile, folder: Path) -> Iterator[Arguments]:
    """Yield the arguments with which a command is tried; one that is not named here is tried without any."""
    picture, label_set, odd = hostile.pictures[0], f"set{LONG}", folder / f"out{TITLE}{LINES}"
    listed: Iterator[Arguments] = iter(())
    match command:
        case "query":
            listed = iter(
                [
                    *([f"red {LONG}", "--all", "--format", form] for form in FORMATS),
                    ["--label", f"cup{LONG}", "-0"],
                    ["--camera", "camera", "--preview"],
                    ["--in", hostile.photos, "--html", folder / f"sheet{TITLE}\nFORGED.html"],
                    ["--in", hostile.photos, "--copy-to", odd],
                    ["--in", hostile.photos, "--link-to", odd, "--link-kind", "symbolic"],
                    ["--in", odd],
                    ["--label", LONG],
                    ["--like", odd],
                    ["x", "--cutoff", LONG],
                    ["x", "--model", LONG],
                    ["x", "--minus", LONG, "--cutoff", "1"],
                    ["--after", LONG],
                    ["x", "--open"],
                ]
            )
        case "similar":
            listed = iter([[picture], [picture, "--format", "csv"], [odd], [folder], [hostile.photos / "bad"]])
        case "duplicates":
            listed = iter([*(["--format", form] for form in FORMATS), ["--others", "-0"], ["--exact"]])
        case "failures":
            listed = iter(
                [
                    *(["--format", form] for form in FORMATS),
                    ["--notes"],
                    ["--in", odd],
                    ["--forget"],
                    ["--forget", LONG],
                ]
            )
        case "optimize":
            listed = iter([[], ["--keep-versions", LONG], ["--keep-versions", "3"], ["--engine", LONG]])
        case "info":
            listed = iter([[], ["--format", "json"]])
        case "labels":
            listed = iter(
                [
                    ["list"],
                    ["list", "--format", "json"],
                    *(["show", label_set, "--format", form] for form in FORMATS),
                    ["show", LONG],
                    ["keep", label_set],
                    ["keep", LONG],
                    ["remove", LONG],
                    ["remove", label_set],
                    ["rename", label_set, f"new{LONG}"],
                ]
            )
        case "label":
            listed = iter(
                [
                    ["--name", label_set],
                    ["--name", LONG],
                    ["--classes", f'"cup {TITLE}\u202e\x9b",car', "--summary"],
                    ["--classes", "red,blue", "--name", f"mine {TITLE}", "--top", "2"],
                    ["--classes", f'"mug {TITLE}{CLEAR}",car', "--list"],
                    [hostile.photos, odd, "--classes", f'"red {TITLE}\u202e",blue'],
                    [hostile.photos, "--classes", "red,blue", "--list", "--multi"],
                    [picture, odd, "--classes", "red,blue", "--template", f"{{}} {TITLE}"],
                    ["--classes", LONG],
                    ["--classes-file", odd],
                ]
            )
        case "export-labels":
            listed = iter(
                [
                    ["--dry-run"],
                    [label_set, "--sort-into", odd, "--dry-run"],
                    [label_set, "--sort-into", folder / f"sorted{TITLE}\nFORGED"],
                    *([f"--{form}", "-"] for form in ("csv", "spreadsheet", "json", "coco")),
                    ["--csv", folder / f"list{TITLE}\nFORGED.csv", "--imagenet", folder / f"net{CLEAR}"],
                    ["--csv", odd / "none.csv"],
                    ["--remove", LONG],
                    [LONG],
                    ["--yes"],
                ]
            )
        case "export-dataset":
            listed = iter(
                [
                    *([odd, "--as", kind, "--dry-run"] for kind in KINDS),
                    *([folder / f"{kind}{TITLE}\nFORGED", "--as", kind, "--threshold", "0"] for kind in KINDS),
                    [folder / f"imagefolder{TITLE}\nFORGED", "--as", "imagefolder", "--link"],
                    [odd, "--as", "webdataset", "--label-set", LONG],
                    [odd, "--as", "webdataset", "--shard-size", LONG],
                    [odd, "--as", "imagefolder", "--unlabelled", LONG],
                    [odd, "--as", LONG],
                ]
            )
        case "export-embeddings":
            listed = iter(
                [
                    *([f"{folder}/e{number}{TITLE}\nFORGED{name}"] for number, name in enumerate(EMBEDDINGS)),
                    [f"{odd}/", "--layout", "img2dataset"],
                    [odd],
                    [odd / "none.parquet"],
                    [f"{folder}/l.parquet", "--with-labels", label_set],
                    [f"{folder}/l.parquet", "--force", "--with-labels", LONG],
                    [f"{folder}/n.parquet", "--named", LONG],
                    [f"{folder}/x", "--layout", LONG],
                ]
            )
        case "import-embeddings":
            files = [f"{folder}/e{TITLE}\nFORGED{name}" for name in EMBEDDINGS]
            for file in files:
                hostile.plain("export-embeddings", file)
            listed = iter(
                [
                    *([file] for file in files),
                    [files[0], "--library", folder / f"new{TITLE}"],
                    [files[0], "--library", folder / f"new{TITLE}", "--root", hostile.photos],
                    [files[0], "--model", LONG],
                    [files[0], "--embedding-column", LONG],
                    [files[0], "--path-column", f"path{TITLE}"],
                    [files[0], "--root", f"s3://{LONG}"],
                    [odd],
                    [picture],
                ]
            )
        case "eval":
            truth = folder / f"truth{TITLE}"
            for name in (f"red{TITLE}\u202e", f"blue$x^{{${CLEAR}"):
                shutil.copytree(picture.parent, truth / name)
            listed = iter([*([truth, "--format", form] for form in ("table", "json", "csv", "spreadsheet")), [odd]])
        case "index":
            listed = iter([[], [hostile.photos, "--log-json"], [odd], ["--model", LONG], ["--exclude", LONG, odd]])
        case "roots":
            listed = iter(
                [
                    *(["list", "--format", form] for form in FORMATS),
                    ["add", folder],
                    ["add", hostile.photos, "--exclude", f"*{TITLE}"],
                    ["move", hostile.photos, folder],
                    ["move", hostile.photos, odd],
                    ["remove", hostile.photos],
                    ["remove", odd],
                ]
            )
        case "undo":
            hostile.plain("query", "--in", hostile.photos, "--copy-to", folder / f"copies{TITLE}\nFORGED")
            listed = iter([["--list"], ["--dry-run"], [LONG], []])
        case _:
            listed = iter([[]])
    yield from listed
    yield from ([f"--{LONG}"], [LONG, LONG, LONG], ["--library", odd], ["--help"])


UNTIL_CTRL_C = {"watch": b"found", "mcp": b"Ctrl-C ends"}  # commands that go on, and what they have said by then


@pytest.mark.parametrize("command", [*SUMMARIES, LONG])
def test_no_text_of_others_reaches_a_terminal_or_a_log_as_it_is(command: str, hostile: Hostile, tmp_path: Path) -> None:
    """Fails before the door: on a terminal of each command, in a log of each that tells of a name."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    tried = [[command, *arguments] for arguments in invocations(command, hostile, outputs)]
    for arguments, got in zip(tried, shown_by(hostile, tried), strict=True):
        assert not leaks(got), (arguments, leaks(got)[:3])
        assert b"Traceback" not in got, (arguments, got)
    if command not in UNTIL_CTRL_C:
        said = hostile.plain(*in_one_process(tried), "--version").stderr
        assert said and not leaks(said), leaks(said)[:3]


def shown_by(hostile: Hostile, tried: list[Arguments]) -> list[bytes]:
    """Return what a terminal gets of each command; one process runs them all, since most of the time is its start."""
    if said := UNTIL_CTRL_C.get(str(tried[0][0])):
        shown = [hostile.on_terminal(*arguments, ended_after=said) for arguments in tried]
    else:
        *shown, version = hostile.on_terminal(*in_one_process(tried), "--version").split(os.fsencode(NEXT))
        assert version.startswith(b"clipsearch")
    assert any(rb"\x1b]0;PWNED" in got for got in shown), "no invocation shows a name"
    return shown


def in_one_process(tried: list[Arguments]) -> Arguments:
    """Return the arguments that run several commands one after the other, and the next that is appended."""
    return [part for arguments in tried for part in (*arguments, NEXT)]


def test_errors_of_python_itself_pass_the_door_too(hostile: Hostile, tmp_path: Path) -> None:
    debugging = replace(hostile, environment=hostile.environment | {"CLIPSEARCH_DEBUG": "1"})
    for arguments in (["query", "--in", f"/{LONG}"], ["query", "x", "--model", LONG]):
        got = debugging.on_terminal(*arguments)
        assert b"Traceback" in got
        assert not [leak for leak in leaks(got) if "FORGED" not in leak], "a traceback may have several lines"


def test_pipes_and_files_get_names_byte_for_byte(hostile: Hostile, tmp_path: Path) -> None:
    names = {os.fsencode(path) for path in hostile.pictures}
    asked = ["query", "--in", hostile.photos]
    assert {*hostile.plain(*asked, "-0").stdout.split(b"\0")} == {*names, b""}
    text = hostile.plain(*asked, "--format", "csv").stdout.decode("utf-8", "surrogateescape")
    assert {os.fsencode(row["path"]) for row in csv.DictReader(io.StringIO(text, newline=""))} == names
    lines = hostile.plain(*asked, "--format", "paths").stdout
    assert all(name + b"\n" in lines for name in names)
    rows = json.loads(hostile.plain(*asked, "--format", "json").stdout)
    assert {row["path"].encode() for row in rows if "path_bytes" not in row} == {
        name for name in names if os.fsencode(BYTES) not in name
    }
    listed = tmp_path / "labels.csv"
    assert hostile.plain("export-labels", "--csv", listed).returncode == 0
    table = csv.DictReader(io.StringIO(listed.read_bytes().decode("utf-8", "surrogateescape"), newline=""))
    assert {(os.fsencode(row["path"]), row["class"]) for row in table} == {(name, f"cup{LONG}") for name in names}


def test_json_on_a_terminal_means_the_same(hostile: Hostile) -> None:
    asked = ["query", "--in", hostile.photos, "--format", "jsonl"]
    on_terminal = hostile.on_terminal(*asked).decode().splitlines()
    assert [json.loads(line) for line in on_terminal] == [
        json.loads(line) for line in hostile.plain(*asked).stdout.decode().split("\n")[:-1]
    ]


def test_each_stream_is_judged_by_itself(hostile: Hostile, tmp_path: Path) -> None:
    names = b"".join(os.fsencode(path) + b"\0" for path in hostile.pictures)
    with (tmp_path / "out").open("wb") as out:
        got = hostile.on_terminal("query", "--in", hostile.photos, "-0", "--after", f"2020{LONG}", stdout=out.fileno())
    assert rb"\x1b]0;PWNED" in got and not leaks(got)
    with (tmp_path / "out").open("wb") as out:
        got = hostile.on_terminal("query", "--in", hostile.photos, "-0", stdout=out.fileno())
    assert (sorted((tmp_path / "out").read_bytes().split(b"\0")), got) == (sorted(names.split(b"\0")), b"")


def test_what_is_legitimate_stays_readable(hostile: Hostile) -> None:
    got = hostile.on_terminal("query", "--in", hostile.photos, "--format", "paths").decode()
    assert f"{PERSIAN}.png" in got and f"{FAMILY}.png" in got
