"""Tests of search.checking.schema: triggers that are foreign, missing or altered, and references to nothing."""

from __future__ import annotations

import pytest

from indexer.store.store import Store
from search.checking.run import Check
from tests.embeddings import clustered, fill, stored_model
from tests.search.checking.conftest import checked


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER odd AFTER INSERT ON labels BEGIN DELETE FROM labels; END",
        "DROP TRIGGER embeddings_insert",
        "DROP INDEX labels_image",
        "DROP TRIGGER images_delete; CREATE TRIGGER images_delete AFTER DELETE ON images BEGIN SELECT 1; END",
    ],
)
def test_triggers_and_indexes_are_made_as_they_were(store: Store, sql: str) -> None:
    assert checked(store) == []
    store.db.conn.executescript(sql)
    assert checked(store, repair=False) == [("database", "can be repaired")]
    assert checked(store) == [("database", "repaired")]
    assert checked(store) == []


def test_a_table_or_view_of_a_person_is_only_named(store: Store) -> None:
    store.db.execute("CREATE VIEW mine AS SELECT path FROM images")
    store.db.execute("CREATE TABLE notes (image INTEGER)")
    notes = [finding.what for finding in Check(store) if finding.state == "note" and "clipsearch's" in finding.what]
    assert len(notes) == 2 and checked(store) == []
    assert store.db.execute("SELECT count(*) FROM mine").fetchone() == (0,)


def test_what_belongs_to_nothing_is_dropped(store: Store) -> None:
    model = stored_model(store)
    ids = fill(store, model, clustered(5, seed=0))
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute("DELETE FROM images WHERE id = ?", [ids[0]])
    assert ("database", "repaired") in checked(store)
    assert store.db.execute("SELECT count(*) FROM embeddings").fetchone() == (4,)


@pytest.mark.parametrize("seq", [2**63 - 1, -1, 0, "x", None])
def test_a_counter_of_ids_that_would_give_none_is_set_right(store: Store, seq: object) -> None:
    """Before: "the disk is full" on every run."""
    model = stored_model(store)
    fill(store, model, clustered(5, seed=0))
    store.db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'images'", [seq])
    assert checked(store) == [("database", "repaired")]
    assert fill(store, model, clustered(1, seed=1)) == [6]
