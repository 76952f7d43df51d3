"""Tests of search.checking.folders: journals, folders that are away, and files that decay on their disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.checking.run import Check
from search.journal.journal import Journal
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.checking.conftest import checked


@pytest.mark.parametrize(
    "lines", [b"null\n", b"5\n", b"[1]\n", b'{"op"\n{}\n', b"\xff\n", b"[" * 100_000 + b"\n", b'{"a": 1}\nnull\n{}']
)
def test_a_journal_that_cant_be_read_is_named(store: Store, lines: bytes) -> None:
    assert store.folder is not None
    (store.folder / "journal").mkdir()
    (store.folder / "journal" / "20260101T000000000000-abcdef.jsonl").write_bytes(lines)
    assert checked(store) == [("journal", "remains")]


def test_a_journal_that_a_crash_has_cut_off_is_sound(store: Store, tmp_path: Path) -> None:
    assert store.folder is not None
    with Journal.begin(store.folder, "copy") as journal:
        journal.made_folder(tmp_path / "copies")
    (file,) = (store.folder / "journal").glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"op": "fi')
    assert checked(store) == []
    file.write_bytes(file.read_bytes().replace(b"copies", b"photos"))
    assert checked(store) == [("journal", "remains")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_among_the_journals_is_not_waited_for(store: Store) -> None:
    assert store.folder is not None
    (store.folder / "journal").mkdir()
    os.mkfifo(store.folder / "journal" / "20260101T000000000000-abcdef.jsonl")
    assert checked(store) == [("journal", "remains")]


def test_bytes_that_change_under_the_same_size_and_time_are_named(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red")
    picture("b.png", "blue")
    run(store, photos, encoder)
    assert checked(store, files=True) == []
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checked(store) == []
    found = [finding for finding in Check(store, files=True) if finding.state == "remains"]
    assert [finding.path for finding in found] == [path] and path.read_bytes() == content


def test_a_folder_that_is_away_is_a_note(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    photos.rename(tmp_path / "elsewhere")
    notes = [finding for finding in Check(store) if finding.state == "note" and finding.area == "roots"]
    assert [finding.path for finding in notes] == [photos] and checked(store, files=True) == []
