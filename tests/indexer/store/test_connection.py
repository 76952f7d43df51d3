"""Tests of indexer.store.connection: settings, and databases that are damaged, foreign, newer or read-only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

import indexer.store.migrations
from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.store.labels import label_sets
from indexer.store.models import active_model, remember_model, temperature_of
from indexer.store.store import DATABASE_NAME, Store
from indexer.store.texts import cache_texts, cached_texts
from search.duplicates.ranking import ranked_files
from search.library.info import library_info
from tests.fakes import ColourEncoder


def test_a_new_library_is_wal_with_foreign_keys_and_migrated(store: Store) -> None:
    assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    tables = {row[0] for row in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"roots", "images", "embeddings", "models", "texts", "labels"} <= tables


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_text("this is no database, but long enough to look at" * 100)
    with pytest.raises(LibraryDamaged, match="move it away"):
        Store.open(tmp_path)


def test_someone_elses_database_is_left_alone(tmp_path: Path) -> None:
    Database(tmp_path / DATABASE_NAME)["dogs"].insert({"name": "Cleo"})
    with pytest.raises(LibraryDamaged, match="not clipsearch's"):
        Store.open(tmp_path)
    assert Database(tmp_path / DATABASE_NAME).table_names() == ["dogs"]


def test_newer_library(store: Store) -> None:
    assert store.folder
    store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999_future')")
    with pytest.raises(LibraryTooNew, match="pip install --upgrade"):
        Store.open(store.folder)


def test_a_library_that_cannot_be_written_is_read(
    store: Store, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = remember_model(store, encoder)
    folder = store.folder
    assert folder
    store.close()

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("indexer.store.connection._prepare", refuse)
    with Store.open(folder) as opened:
        assert opened.read_only and active_model(opened) == model
        cache_texts(opened, model, {"red": np.zeros(3, np.float32)})
        assert cached_texts(opened, model, ["red"]) == {}
    with pytest.raises(LibraryError, match="permissions"):
        Store.create(folder)


def test_an_older_library_that_cannot_be_written_is_read(
    tmp_path: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        steps = [step for step in indexer.store.migrations._steps.items() if step[0] < "m008"]
        patch.setattr(indexer.store.migrations, "_steps", dict(steps))
        with Store.create(tmp_path) as older, older.writing():
            columns = "name, fingerprint, dim, logit_scale, added_at, active"
            facts = [encoder.name, encoder.fingerprint, encoder.dim, encoder.logit_scale, "2024-01-01", 1]
            older.db.execute(f"INSERT INTO models ({columns}) VALUES (?, ?, ?, ?, ?, ?)", facts)
    before = (tmp_path / DATABASE_NAME).read_bytes()

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("indexer.store.connection._prepare", refuse)
    with Store.open(tmp_path) as opened:
        model = active_model(opened)
        assert opened.read_only and model is not None and model.fingerprint == encoder.fingerprint
        assert library_info(opened).index == "exact"
        assert cached_texts(opened, model, ["red"], exact=True) == {}
        assert temperature_of(opened, model) == 1.0
        assert (label_sets(opened), list(ranked_files(opened))) == ([], [])
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


def test_many_first_openings_at_once(tmp_path: Path) -> None:
    import threading

    failures: list[BaseException] = []

    def create() -> None:
        try:
            Store.create(tmp_path / "library").close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
