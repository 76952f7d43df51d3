"""Tests of indexer/sources/local_tree.py."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.files.ignore import ScanRules
from indexer.sources import local_tree
from indexer.sources.item import Item, Unread
from indexer.sources.opening import open_source
from tests.sources import Remembered, content, items, picture, read


@pytest.fixture
def tree(photos: Path) -> Path:
    for name in ("a.png", "b/c.jpg", "b/d.JPEG", ".hidden/e.png", "@eaDir/f.png", "b/note.txt", "b/left.png"):
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(len(name)))
    (photos / "b/.clipsearchignore").write_text("left.*\n")
    return photos


def test_a_folder_gives_what_a_local_run_takes(tree: Path) -> None:
    found = items(tree)
    assert set(found) == {str(tree / name) for name in ("a.png", "b/c.jpg", "b/d.JPEG")}
    item = found[str(tree / "b/c.jpg")]
    assert item.content == tree / "b/c.jpg" and item.name == "c.jpg" and not item.beside


def test_rules_hold(tree: Path) -> None:
    source = open_source(str(tree), ScanRules(exclude=("*.jpg",), include_hidden=True))
    assert {Path(address).name for address in items(source)} == {"a.png", "d.JPEG", "e.png"}


def test_what_is_known_and_unchanged_is_not_given_again(tree: Path) -> None:
    library, source = Remembered(), open_source(str(tree))
    assert len(library.take(source.shards(library))) == 3
    assert not list(source.shards(library))
    (tree / "a.png").write_bytes(picture(1000, "bmp"))
    assert [item.address for item in library.take(source.shards(library))] == [str(tree / "a.png")]


def test_a_shard_is_of_some_files_and_can_be_pickled(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_tree, "FILES_PER_SHARD", 2)
    shards = list(open_source(str(tree)).shards(Remembered()))
    assert [len(list(shard.items())) for shard in shards] == [2, 1]
    assert not any(shard.is_sealed for shard in shards)
    again = [item for shard in pickle.loads(pickle.dumps(shards)) for item in shard.items()]
    assert again == [item for shard in shards for item in shard.items()]


def test_a_file_that_is_gone_when_it_is_read_may_be_tried_again(tree: Path) -> None:
    (shard,) = open_source(str(tree)).shards(Remembered())
    (tree / "a.png").unlink()
    unread = [item for item in shard.items() if isinstance(item, Unread)]
    assert [(Path(item.address).name, item.lasting) for item in unread] == [("a.png", False)]


def test_a_changed_file_has_the_signature_of_what_is_read(tree: Path) -> None:
    (shard,) = open_source(str(tree)).shards(Remembered())
    (tree / "a.png").write_bytes(picture(7, "bmp"))
    given = {Path(item.address).name: item.signature for item in shard.items()}
    (now,) = (item for item in items(tree).values() if item.name == "a.png")
    assert given["a.png"] == now.signature


def test_a_single_file_is_a_source(tree: Path) -> None:
    assert list(items(tree / "b/c.jpg")) == [str(tree / "b/c.jpg")]
    assert list(items(f"file://{tree}/b/c.jpg")) == [str(tree / "b/c.jpg")]


def test_what_is_away_or_can_not_be_listed_counts_as_still_there(tree: Path) -> None:
    (tree / "cloud.png.nextcloud").write_bytes(b"")
    library = Remembered()
    list(open_source(str(tree)).shards(library))
    assert library.kept == [str(tree / "cloud.png")]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_a_name_that_is_not_utf8_has_an_address_that_is(photos: Path) -> None:
    path = os.path.join(os.fsencode(photos), b"caf\xe9.png")
    Path(os.fsdecode(path)).write_bytes(picture(3))
    ((address, item),) = items(photos).items()
    assert address.startswith("file+bytes://") and address.endswith("/caf%E9.png")
    address.encode("utf-8")
    assert content(item) == picture(3)
    assert list(items(address)) == [address]  # as a library that is brought up to date names its sources


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_a_folder_that_is_not_there_or_empty_is_told(tmp_path: Path, make: object) -> None:
    folder = tmp_path / "drive"
    make(folder)  # type: ignore[operator]
    with pytest.raises(SourceError, match="drive is mounted"):
        read(folder)


def test_a_file_of_another_kind_is_told(tree: Path) -> None:
    with pytest.raises(SourceError, match="no file that pictures are read from"):
        open_source(str(tree / "b/note.doc")) if (tree / "b/note.doc").write_text("x") else None


def test_items_are_of_files_as_they_lie(tree: Path) -> None:
    assert all(isinstance(item, Item) and isinstance(item.content, Path) for item in read(tree))
