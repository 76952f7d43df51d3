"""Tests of indexer.store.lock; that a killed process leaves no lock is tested in tests/test_kill.py."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.errors import LibraryBusy, LibraryError
from indexer.store.lock import HOLDER_NAME, LOCK_NAME, only_writer
from indexer.store.store import Store


def test_the_second_writer_is_told_who_the_first_is(store: Store) -> None:
    assert store.folder
    with only_writer(store), Store.open(store.folder) as other:
        with (
            pytest.raises(LibraryBusy, match=f"is being indexed by process {os.getpid()} on .* since 2"),
            only_writer(other),
        ):
            pass
        (store.folder / HOLDER_NAME).write_text("[]")
        with pytest.raises(LibraryBusy, match="by another clipsearch"), only_writer(other):
            pass
    assert not (store.folder / HOLDER_NAME).exists()
    with only_writer(store):
        pass  # it is free again


@pytest.mark.parametrize("name", [HOLDER_NAME, LOCK_NAME])
@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_links_in_a_library_of_someone_elses_are_not_followed(
    store: Store, tmp_path: Path, name: str, link: Callable[[Path, Path], None]
) -> None:
    """The target of the holder's was overwritten, and a hard link in the lock's place emptied by some filelocks."""
    assert store.folder
    mine = tmp_path / "mine.txt"
    mine.write_text("a person's")
    link(store.folder / name, mine)
    with contextlib.suppress(LibraryError), only_writer(store):
        assert name == HOLDER_NAME and not (store.folder / name).samefile(mine)
    assert mine.read_text() == "a person's"


def test_a_holder_that_never_ends_is_not_waited_for(store: Store) -> None:
    assert store.folder
    with only_writer(store), Store.open(store.folder) as other:
        (store.folder / HOLDER_NAME).unlink()
        os.mkfifo(store.folder / HOLDER_NAME)
        with pytest.raises(LibraryBusy, match="by another clipsearch"), only_writer(other):
            pass


def test_an_error_in_the_block_frees_the_lock(store: Store) -> None:
    with pytest.raises(ValueError, match="in the block"), only_writer(store):
        raise ValueError("in the block")
    with only_writer(store):
        pass


def test_a_folder_that_cannot_be_locked(store: Store) -> None:
    assert store.folder
    (store.folder / LOCK_NAME).mkdir()
    with pytest.raises(LibraryError, match="can't be written to or locked"), only_writer(store):
        pass


def test_a_library_in_memory_needs_none(tmp_path: Path) -> None:
    with Store.in_memory() as memory, only_writer(memory), only_writer(memory):
        assert memory.folder is None
