"""Tests of hits, their options and the viewer: hits in every format, and what else is done with them."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import cli.output.viewer
from cli.main import SentenceGroup
from cli.options.results import ResultOptions, deliver, result_options
from cli.output.hits import COLUMNS, write_hits
from indexer.store.store import Store
from search.library.library import Library
from search.results import Hit
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder
from tests.queries import nearest

SCHEMA = json.loads((REPOSITORY / "docs" / "hit.schema.json").read_text(encoding="utf-8"))
ODD = Path(os.fsdecode(b"/p/caf\xe9\n.jpg"))
FULL = Hit(
    Path("/p/a.jpg"), 0.25, None, 7, "JPEG", 9, 4, 3, "2024-05-18T16:42:07+02:00", "Apple iPhone", 43.7694123, -11.25
)
Find = Callable[..., Result]


def written(hits: Sequence[Hit], form: str, nul: bool = False) -> bytes:
    """Return what write_hits writes."""

    @click.command()
    def show() -> None:
        write_hits(hits, form, nul)

    result = CliRunner().invoke(show)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def check(record: dict[str, Any]) -> None:
    """Assert that an object is as documented, with all required fields and none that is not documented."""
    Draft202012Validator(SCHEMA).validate(record)
    assert set(record) <= set(SCHEMA["properties"])


def test_the_schema_is_one_and_refuses_what_is_no_hit() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    good = json.loads(written([FULL], "json"))[0]
    for field, wrong in (("score", "0.3"), ("at", -1), ("size", 1.5), ("taken_at", "yesterday"), ("latitude", 91)):
        assert not Draft202012Validator(SCHEMA).is_valid({**good, field: wrong}), field
    assert not Draft202012Validator(SCHEMA).is_valid({name: good[name] for name in good if name != "id"})


@pytest.mark.parametrize("hit", [FULL, Hit(Path("/p/b.mp4"), -0.5, 12.25), Hit(ODD, 1.0000001)])
def test_json_is_as_its_schema_says(hit: Hit) -> None:
    (record,) = json.loads(written([hit], "json"))
    check(record)
    (line,) = written([hit], "jsonl").splitlines()
    assert json.loads(line) == record
    assert record["score"] == pytest.approx(hit.score, abs=1e-6)
    assert all(record[name] == getattr(hit, name) for name in ("at", "id", "format", "size", "taken_at", "camera"))


def test_json_of_a_real_library(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("red.png", "red")
    picture(os.fsdecode(b"caf\xe9.png"), "blue")
    run(store, photos, encoder)
    hits = nearest(Library.with_encoder(store, encoder), "red")
    records = json.loads(written(hits, "json"))
    for record in records:
        check(record)
    assert [Path(one["path"]).name for one in records] == ["red.png", "caf\\xe9.png"]
    assert records[0]["width"] == 16 and "path_bytes" not in records[0]


def test_no_hits_are_an_empty_list_and_no_lines() -> None:
    assert json.loads(written([], "json")) == []
    assert written([], "jsonl") == written([], "paths") == written([], "table") == b""
    assert written([], "csv").decode() == ",".join(COLUMNS) + "\n"


def test_names_that_are_not_utf8_come_out_byte_for_byte() -> None:
    raw = os.fsencode(ODD)
    assert written([ODD_HIT, FULL, ODD_HIT], "table", nul=True) == raw + b"\0/p/a.jpg\0"
    assert raw in written([ODD_HIT], "csv")
    (record,) = json.loads(written([ODD_HIT], "json"))
    assert record["path"] == "/p/caf\\xe9\n.jpg"
    assert base64.b64decode(record["path_bytes"]) == raw


ODD_HIT = Hit(ODD, 0.5)


def test_csv_has_the_same_columns() -> None:
    (row,) = csv.DictReader(io.StringIO(written([FULL], "csv").decode()))
    assert set(row) == set(SCHEMA["properties"])
    assert (row["latitude"], row["longitude"], row["at"], row["id"]) == ("43.769412", "-11.250000", "", "7")


def test_the_table_has_seconds_only_where_there_are_videos() -> None:
    assert written([FULL], "table") == b"0.2500\t/p/a.jpg\n"
    assert written([FULL, Hit(Path("/p/b.mp4"), 0.2, 1.5)], "table").splitlines()[1] == b"0.2000\t/p/b.mp4\t1.5000"


@pytest.fixture
def find(tmp_path: Path, store: Store) -> Find:
    """Run a command that has found some hits."""
    assert store.folder is not None
    library = store.folder

    def invoke(hits: Sequence[Hit], *arguments: str | Path) -> Result:
        @click.group(cls=SentenceGroup)
        def main() -> None: ...

        @main.command()
        @click.argument("text")
        @result_options
        def find(text: str, results: ResultOptions) -> None:
            deliver(hits, results, library, text)

        return CliRunner().invoke(main, ["find", "a <b>", *map(str, arguments)])

    return invoke


def hits_of(*paths: Path) -> list[Hit]:
    return [Hit(path, 0.5) for path in paths]


def test_hits_are_copied_besides_being_written(find: Find, picture: MakePicture, tmp_path: Path) -> None:
    path = picture("a.png", "red")
    result = find(hits_of(path), "--copy-to", tmp_path / "best", "--format", "paths")
    assert (result.exit_code, result.stdout) == (0, f"{path}\n"), result.output
    assert (tmp_path / "best" / "a.png").read_bytes() == path.read_bytes()
    assert f"Copied 1 picture to {tmp_path / 'best'}; clipsearch undo " in result.stderr
    again = find(hits_of(path), "--copy-to", tmp_path / "best")
    assert "Copied 0 pictures" in again.stderr and "1 there already" in again.stderr and "undo" not in again.stderr


def test_links_that_had_to_be_symbolic_are_told(
    find: Find, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    path = picture("a.png", "red")
    linked = find(hits_of(path), "--link-to", tmp_path / "hard", "--numbered")
    assert linked.exit_code == 0 and "symbolic" not in linked.stderr
    assert (tmp_path / "hard" / "001-a.png").samefile(path)
    monkeypatch.setattr(os, "link", refuse)
    linked = find(hits_of(path), "--link-to", tmp_path / "links")
    assert (tmp_path / "links" / "a.png").readlink() == path
    assert (linked.exit_code, "1 of the links are symbolic" in linked.stderr) == (0, True)
    refused = find(hits_of(path), "--link-to", tmp_path / "more", "--link-kind", "hard")
    assert refused.exit_code == 1 and "another --link-kind, or --copy-to" in refused.stderr
    assert "Traceback" not in refused.output


def test_originals_that_are_gone_are_named_and_the_rest_is_done(find: Find, picture: MakePicture, photos: Path) -> None:
    hits = hits_of(photos / "gone.png", picture("a.png", "red"))
    result = find(hits, "--copy-to", photos.parent / "best", "--html", photos.parent / "sheet.html")
    assert result.exit_code == 1
    assert result.stderr.count("gone.png: no such file") == 2
    assert "Copied 1 picture" in result.stderr and "1 could not be read" in result.stderr
    assert "Wrote 2 pictures" in result.stderr and (photos.parent / "sheet.html").exists()


def test_a_folder_inside_an_indexed_one_is_warned_of(
    find: Find, store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    run(store, photos, encoder)
    result = find(hits_of(path), "--copy-to", photos / "best")
    assert result.exit_code == 0 and f"inside the indexed folder {photos}" in result.stderr
    assert "indexed folder" not in find(hits_of(path), "--copy-to", photos.parent / "best").stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-0", "--format", "json"], "-0 writes bare paths"),
        (["--copy-to", "a", "--link-to", "b"], "not both"),
        (["--link-kind", "hard"], "--link-to"),
        (["--numbered"], "--numbered is for"),
        (["--preview"], "this is none"),
        (["--preview", "--format", "json"], "leave --format"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(find: Find, arguments: list[str], word: str) -> None:
    result = find([], *arguments)
    assert (result.exit_code, result.stdout) == (2, "") and word in " ".join(result.stderr.split()), result.output


def test_no_hits_make_no_folder_and_an_empty_sheet(find: Find, tmp_path: Path) -> None:
    result = find([], "--copy-to", tmp_path / "best", "--html", tmp_path / "sheet.html")
    assert result.exit_code == 0 and not (tmp_path / "best").exists()
    assert "No picture." in (tmp_path / "sheet.html").read_text(encoding="utf-8")


def opener(folder: Path, script: str) -> Path:
    """Make an xdg-open that writes down what it is asked to open."""
    folder.mkdir()
    program = folder / "xdg-open"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(stat.S_IRWXU)
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have openers of their own")
def test_files_are_opened_by_the_system_without_a_shell(
    find: Find, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(os.fsdecode(b"$(touch pwned); caf\xe9 'x' \".png"), "red")
    folder = opener(tmp_path / "bin", f'printf "%s\\0" "$@" >> {tmp_path}/opened')
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":0")
    result = find([*hits_of(path), *hits_of(path)], "--open")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "opened").read_bytes() == os.fsencode(path) + b"\0"
    (tmp_path / "opened").unlink()
    assert find(hits_of(path) * 30, "--open", "--html", tmp_path / "sheet.html").exit_code == 0
    assert (tmp_path / "opened").read_bytes() == os.fsencode(tmp_path / "sheet.html") + b"\0"


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have openers of their own")
def test_what_can_not_be_opened_is_one_sentence(
    find: Find, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture("a.png", "red")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    result = find(hits_of(path), "--open")
    assert (result.exit_code, "no display" in result.stderr) == (1, True)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "xdg-utils" in find(hits_of(path), "--open").stderr
    monkeypatch.setenv("PATH", f"{opener(tmp_path / 'bin', 'exit 3')}:/usr/bin:/bin")
    failed = find(hits_of(path), "--open")
    assert (failed.exit_code, "no viewer for" in failed.stderr) == (1, True), failed.output
    many = [picture(f"{number}.png", "red") for number in range(cli.output.viewer.MOST + 1)]
    assert find(hits_of(*many), "--open").exit_code == 2


def test_a_viewer_that_stays_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli.output.viewer, "PATIENCE", 0.3)
    cli.output.viewer._run([["sleep", "2"]])
