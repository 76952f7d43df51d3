"""Tests of clipsearch failures: listed in every format, and forgotten."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import cli.output.rows
from indexer.store.lock import only_writer
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture, cut


@pytest.fixture
def with_failures(clipsearch: Invoke, photos: Path, picture: MakePicture) -> Invoke:
    """Run the command line on a library with a good picture and two failures."""
    picture("good.png", "red")
    cut(picture("sub/bad.png", "red", (300, 300)))
    (photos / "text.png").write_text("text")
    clipsearch("index", photos)
    return clipsearch


def test_formats(with_failures: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, text = photos / "sub" / "bad.png", photos / "text.png"
    lines = [line.split("\t") for line in with_failures("failures").stdout.splitlines()]
    assert [line[2] for line in lines] == [str(bad), str(text)]
    assert all(line[0].endswith("+00:00") and line[1] for line in lines)
    records = json.loads(with_failures("failures", "--format", "json").stdout)
    assert [record["path"] for record in records] == [str(bad), str(text)]
    assert set(records[0]) == {"path", "reason", "failed_at", "size", "lasting"} and records[1]["size"] == 4
    rows = list(csv.DictReader(io.StringIO(with_failures("failures", "--format", "csv").stdout)))
    assert [row["path"] for row in rows] == [str(bad), str(text)]
    assert with_failures("failures", "--format", "paths").stdout == f"{bad}\n{text}\n"
    assert with_failures("failures", "-0", "--in", photos / "sub").stdout == f"{bad}\0"
    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    assert with_failures("failures").stdout.startswith("Failed")


def test_forget(with_failures: Invoke, photos: Path) -> None:
    assert "0 encoded, 1 unchanged" in with_failures("index").stderr
    result = with_failures("failures", "--forget", "--in", photos / "sub")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Forgot 1 failure;" in result.stderr
    assert "bad.png" in with_failures("index").stderr, "it is tried again"
    assert "Forgot 2 failures;" in with_failures("failures", "--forget").stderr
    result = with_failures("failures", "--forget")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "No failures.\n")


def test_none(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    one_sentence(clipsearch("failures"), "no library", "clipsearch index FOLDER")
    picture("good.png", "red")
    clipsearch("index", photos)
    result = clipsearch("failures")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "No failures.\n")
    assert json.loads(clipsearch("failures", "--format", "json").stdout) == []


def test_mistakes(with_failures: Invoke, photos: Path, tmp_path: Path) -> None:
    one_sentence(with_failures("failures", "--in", tmp_path / "nowhere"), "check the name")
    one_sentence(with_failures("failures", "-0", "--format", "json"), "-0", code=2)
    assert with_failures("failures", "extra").exit_code == 2
    with Store.open(tmp_path / "lib") as store, only_writer(store):
        one_sentence(with_failures("failures", "--forget"), "being indexed")
        assert with_failures("failures").exit_code == 0


def test_notes_name_pictures_that_lack_a_part_of_their_file(
    clipsearch: Invoke, photos: Path, picture: MakePicture
) -> None:
    content = picture("sub/broken profile.png", "red").read_bytes()
    picture("good.png", "blue")
    chunk = b"\0\0\0\x05iCCPhello\0\0\0\0"
    (photos / "sub" / "broken profile.png").write_bytes(content[:33] + chunk + content[33:])
    assert clipsearch("index", photos).exit_code == 0
    assert clipsearch("failures").stderr == "No failures.\n"
    (record,) = json.loads(clipsearch("failures", "--notes", "--format", "json").stdout)
    assert record["path"].endswith("broken profile.png") and "side data" in record["note"]
    assert clipsearch("failures", "--notes", "-0", "--in", photos / "sub").stdout == f"{record['path']}\0"
    assert clipsearch("failures", "--notes", "--in", photos / "other").stderr == "No notes.\n"
    one_sentence(clipsearch("failures", "--notes", "--forget"), "--forget", code=2)
