"""Tests of search.checking.rows: each kind of bad row is found, and dropped if it can be had again."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.store.labels import SetDescription, StoredClass, add_labels, begin_set
from indexer.store.store import Store
from tests.embeddings import clustered, fill, stored_model
from tests.search.checking.conftest import checked

INF = float("inf")
BAD: list[tuple[str, str, Any]] = [
    *(("images", column, b"\xff") for column in ("path", "size", "mtime_ns", "format", "width", "taken_at", "lens")),
    *(("images", column, "x") for column in ("size", "at_ms", "latitude", "content_hash", "perceptual_hash")),
    *(("images", "path", value) for value in ("/etc/passwd", "../x", "a/../../b", "")),
    *(("images", column, value) for column in ("latitude", "longitude") for value in (181, -181, INF)),
    *(("images", "perceptual_hash", value) for value in (b"", b"x" * 31, 5)),
    ("images", "taken_at", "tomorrow"),
    *(("labels", "probability", value) for value in (1.5, -0.1, INF, "x", b"")),
    ("labels", "class", b"\xff"),
]


@pytest.fixture
def labelled(store: Store) -> Store:
    """A store with five pictures that have labels."""
    model = stored_model(store)
    ids = fill(store, model, clustered(5, seed=0))
    made = SetDescription("softmax", (StoredClass("cup", ("a cup",)),), ("{}",), False, 0.0, 1.0, "recipe")
    label_set, _ = begin_set(store, model, "mugs", made)
    add_labels(store, label_set, ids, [(image, "cup", 0.9) for image in ids])
    return store


@pytest.mark.parametrize(("table", "column", "value"), BAD)
def test_bad_rows_are_dropped_or_set_right(labelled: Store, table: str, column: str, value: Any) -> None:
    key = "id" if table == "images" else "image"
    labelled.db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = 3", [value])
    found = checked(labelled, repair=False)
    assert found and {state for _, state in found} == {"can be repaired"}
    assert {state for _, state in checked(labelled)} == {"repaired"}
    assert checked(labelled) == []
    assert labelled.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] >= 4


@pytest.mark.parametrize("table", ["images", "labels", "texts"])
def test_text_that_is_not_utf8_costs_its_row(labelled: Store, table: str) -> None:
    column = {"images": "camera_make", "labels": "class", "texts": "text"}[table]
    vector = clustered(1, seed=1)[0].astype("<f4").tobytes()
    labelled.db.execute("INSERT INTO texts (model, text, vector) VALUES (1, 'a', ?), (1, 'b', ?)", [vector, vector])
    rows = labelled.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    where = {"images": "id = 2", "labels": "image = 2", "texts": "text = 'a'"}[table]
    labelled.db.execute(f"UPDATE {table} SET {column} = CAST(x'c328' AS TEXT) WHERE {where}")
    assert checked(labelled) == [(table, "repaired")]
    assert labelled.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == rows - 1


@pytest.mark.parametrize(
    ("column", "value"), [("classes", "{"), ("threshold", INF), ("kind", "odd"), ("templates", "5")]
)
def test_a_label_set_that_cant_be_read_is_named_and_kept(labelled: Store, column: str, value: Any) -> None:
    labelled.db.execute(f"UPDATE label_sets SET {column} = ?", [value])
    assert checked(labelled) == [("labels", "remains")]
    assert labelled.db.execute("SELECT count(*) FROM labels").fetchone() == (5,)
