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
from tests.new_libraries import migrate_at_once


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


def test_what_tests_begin_with_is_what_the_steps_come_to(tmp_path: Path) -> None:
    made, stepped = Database(tmp_path / "made.db"), Database(tmp_path / "stepped.db")
    migrate_at_once(made)
    migrate(stepped)
    assert schema(made) == schema(stepped) and applied(made) == applied(stepped) == step_names()
    tables = [name for name, sql in schema(stepped) if sql.startswith("CREATE TABLE")]
    for table in tables:
        count = f'SELECT count(*) FROM "{table}"'
        assert made.execute(count).fetchone() == stepped.execute(count).fetchone(), table
    of = "SELECT * FROM changes"
    assert made.execute(of).fetchone() != stepped.execute(of).fetchone()
    made.close()
    stepped.close()


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


def library_before(step: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return a library from before a step, which migrate() brings up to date."""
    db = Database(":memory:")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_steps", {name: made for name, made in migrations._steps.items() if name < step})
        migrate(db)
    return db


def test_old_libraries_keep_their_dates_and_lose_half_places(monkeypatch: pytest.MonkeyPatch) -> None:
    db = library_before("m016", monkeypatch)
    db.execute("INSERT INTO roots (id, path, added_at) VALUES (1, '/photos', '2024')")
    for number, place in enumerate([(1.0, 2.0), (1.0, None), (None, 2.0), (None, None)]):
        db.execute(
            "INSERT INTO images (root, path, size, mtime_ns, width, height, format, indexed_at, taken_at, latitude,"
            " longitude) VALUES (1, ?, 1, 1, 1, 1, 'JPEG', '2024', '2019-07-04T12:30:05', ?, ?)",
            [f"{number}.jpg", *place],
        )
    migrate(db)
    rows = db.execute("SELECT taken_at, taken_from, taken_ms, latitude, longitude FROM images ORDER BY id").fetchall()
    date = ("2019-07-04T12:30:05", None, None)
    assert rows == [(*date, 1.0, 2.0), (*date, None, None), (*date, None, None), (*date, None, None)]


def test_failures_of_old_libraries_stay_listed_and_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    db = library_before("m019", monkeypatch)
    db.execute("INSERT INTO roots (id, path, added_at) VALUES (1, '/photos', '2025')")
    db.execute(
        "INSERT INTO failures (root, path, size, mtime_ns, reason, failed_at)"
        " VALUES (1, 'a.jpg', 1, 2, 'broken', '2025-01-01')"
    )
    db.execute("UPDATE roots SET up_to_date = x'00'")
    migrate(db)
    assert db.execute("SELECT path, lasting FROM failures").fetchall() == [("a.jpg", 0)]
    assert db.execute("SELECT up_to_date FROM roots").fetchall() == [(None,)]


def test_label_sets_of_old_libraries_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    db = library_before("m022", monkeypatch)
    db.execute(
        "INSERT INTO models (id, name, fingerprint, dim, logit_scale, active, added_at)"
        " VALUES (1, 'made up', 'f', 4, 100.0, 1, '2024')"
    )
    db.execute(
        "INSERT INTO label_sets (id, name, model, kind, classes, templates, other, threshold, temperature, recipe,"
        " labelled_at) VALUES (1, 'a,b', 1, 'softmax', '[]', '[]', 0, 0, 1, 'r', '2024')"
    )
    migrate(db)
    assert db.execute("SELECT name, draft FROM label_sets").fetchall() == [("a,b", 0)]
