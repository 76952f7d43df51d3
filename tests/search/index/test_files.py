"""Tests of search.index.files: an index file is named whole or not at all, and stale ones go."""

from __future__ import annotations

import os

import pytest

import search.index.building
import search.index.due
import search.index.files
import search.index.vector_index
from indexer.store.models import StoredModel, switch_to
from indexer.store.store import Store
from search.index.building import open_index, refresh
from search.index.due import count_changes
from search.library.info import library_info
from tests.embeddings import clustered, fill, stored_model
from tests.search.index.conftest import QUERY, ROWS, expected, file_of, nearest_ids


def test_a_crash_before_the_file_is_named_leaves_all_as_it_was(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(store, large)
    before = file_of(store, large)
    fill(store, large, clustered(60, seed=8))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search.index.files, "_name_in_store", crash)
        with pytest.raises(KeyboardInterrupt):
            refresh(store, large)
    assert file_of(store, large) == before and count_changes(store, large) == 60
    assert [path.name for path in before.path.parent.glob("model-*")] == [before.path.name]
    assert nearest_ids(open_index(store, large), QUERY, 10) == expected(store, large, QUERY, 10)


def test_a_model_that_goes_takes_its_file_with_it(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    other = stored_model(store, "other")
    fill(store, other, clustered(10, seed=1))
    switch_to(store, other)
    os.utime(path, (0, 0))
    assert store.db.execute("SELECT count(*) FROM index_changes").fetchone()[0] == 0
    search.index.files.delete_stale_files(store)
    assert not path.exists()


def test_a_file_that_another_process_is_about_to_name_stays(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    being_made, left = path.with_name("model-1-9-a.faiss.tmp"), path.with_name("model-1-9-b.faiss")
    being_made.touch()
    left.touch()
    os.utime(left, (0, 0))
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert being_made.exists() and not left.exists() and not path.exists()


def test_only_files_of_ours_are_deleted(store: Store) -> None:
    """A person's own were too, if their names began and ended like ours."""
    assert store.folder
    names = ["model-best.faiss", "model-1.faiss.bak", "model-1-9-0a.faiss2", ".clipsearch-notes.part"]
    names += [".clipsearch-abcdef.part"]  # of a copy that is under way
    for name in (*names, "model-1-9-0a.faiss", ".clipsearch-0123abcd.part"):
        (store.folder / name).touch()
        os.utime(store.folder / name, (0, 0))
    search.index.files.delete_stale_files(store)
    left = {path.name for path in store.folder.iterdir() if not path.name.startswith("library.db")}
    assert left == set(names)


def test_a_librarys_info_tells_of_its_file(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    fill(store, large, clustered(7, seed=1))
    info = library_info(store)
    assert (info.index, info.embeddings, info.index_changes) == ("compressed", ROWS + 7, 7)
    assert info.faiss_bytes == file_of(store, large).bytes and 0.9 < info.index_recall <= 1.0
