"""Tests of indexer.store.store: opening and making a library; what is wrong with a database: test_connection.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from indexer.errors import LibraryError, LibraryMissing
from indexer.store.models import remember_model
from indexer.store.store import DATABASE_NAME, Store
from tests.fakes import ColourEncoder


def test_sqlite_utils_alone_can_read_it(store: Store, encoder: ColourEncoder) -> None:
    remember_model(store, encoder)
    assert store.folder
    rows = list(Database(store.folder / DATABASE_NAME)["models"].rows)
    assert rows[0]["name"] == "colour"


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="clipsearch index"):
        Store.open(tmp_path)


def test_a_place_where_no_library_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="--library"):
        Store.create(tmp_path / "file" / "library")
