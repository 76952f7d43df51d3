"""Tests of indexer.store.migrations: every older library can be brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from indexer.store import migrations
from indexer.store.database import Database
from indexer.store.migrations import applied, migrate, step_names
from indexer.store.models import models
from indexer.store.store import Store
from tests.embeddings import clustered, fill, stored_model


def schema(db: Database) -> set[tuple[str, str]]:
    return set(db.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"))


@pytest.mark.parametrize("older", sorted(step_names()))
def test_every_older_library_becomes_a_new_one(older: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.in_memory() as new:
        expected = schema(new.db)
    db = Database(":memory:")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_steps", {name: step for name, step in migrations._steps.items() if name <= older})
        migrate(db)
        assert applied(db) == step_names()
    migrate(db)
    assert applied(db) == step_names() and schema(db) == expected


def test_a_step_that_fails_leaves_the_library_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def m999_bad(db: migrations.Schema) -> None:
        db.execute("CREATE TABLE half (id)")
        db.execute("no SQL")

    with Store.in_memory() as store:
        before = schema(store.db)
        monkeypatch.setattr(migrations, "_steps", {**migrations._steps, "m999_bad": m999_bad})
        with pytest.raises(sqlite3.OperationalError):
            migrate(store.db)
        assert schema(store.db) == before and "m999_bad" not in applied(store.db)


def test_a_database_without_steps_has_gone_through_none(tmp_path: Path) -> None:
    assert applied(Database(tmp_path / "empty.db")) == set()


def test_the_models_generation_counts_every_change(store: Store) -> None:
    model = stored_model(store)
    fill(store, model, clustered(3, 1))
    store.db.execute("UPDATE embeddings SET vector = vector WHERE image = 1")
    store.db.execute("DELETE FROM images WHERE id = 2")
    assert models(store)[0].generation == 5
