"""Rows of made-up pictures, and which of them pass filters."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from indexer.paths import to_columns
from indexer.store.models import remember_model
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.passing import matching_ids
from tests.fakes import ColourEncoder
from tests.label_sets import save_labels

JULY = "2021-07-04T15:30:00"


def add(store: Store, path: str, root: str = "/photos", **columns: Any) -> int:
    """Insert a picture's row, and its root's if that is new; return its id."""
    name, raw = to_columns(root)
    store.db.execute("INSERT OR IGNORE INTO roots (path, path_bytes, added_at) VALUES (?, ?, '2024')", [name, raw])
    key = [name if raw is None else raw]
    (number,) = store.db.execute("SELECT id FROM roots WHERE ifnull(path_bytes, path) = ?", key).fetchone()
    name, raw = to_columns(path)
    values = {"root": number, "path": name, "path_bytes": raw, "size": 1000, "mtime_ns": 0, "width": 400, "height": 300}
    values |= {"format": "JPEG", "indexed_at": "2024"} | columns
    marks = ", ".join("?" * len(values))
    cursor = store.db.execute(f"INSERT INTO images ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    return int(cursor.lastrowid or 0)


def passing_ids(store: Store, **wanted: Any) -> list[int]:
    """Return the ids that pass, as a list."""
    ids = matching_ids(store, make_filters(**wanted))
    assert ids is not None
    assert ids.dtype == np.int64
    return ids.tolist()


def plan(store: Store, **wanted: Any) -> str:
    """Return how SQLite answers the last statement of a filter."""
    statements: list[str] = []
    store.db.conn.set_trace_callback(statements.append)
    matching_ids(store, make_filters(**wanted))
    store.db.conn.set_trace_callback(None)
    return " ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {statements[-1]}"))


def random_library(store: Store, encoder: ColourEncoder, count: int = 600) -> list[dict[str, Any]]:
    """Insert pictures with all kinds of metadata and return what is known of them."""
    rng = random.Random(4)
    with store.writing():
        rows = [random_picture(store, rng, number) for number in range(count)]
    labels = [(row["id"], row["label"], 0.5) for row in rows if row["label"]]
    save_labels(store, remember_model(store, encoder), ["cup", "car"], labels)
    return rows


def random_picture(store: Store, rng: random.Random, number: int) -> dict[str, Any]:
    root, folder = rng.choice([("/photos", "a"), ("/photos", "b"), ("/photos", "c"), ("/scans", "a")])
    columns = {
        "taken_at": rng.choice([None, f"202{rng.randrange(3)}-0{rng.randrange(1, 10)}-15T10:00:00"]),
        "camera_make": rng.choice([None, "One", "Two"]),
        "camera_model": rng.choice([None, "Two 2", "Three"]),
        "latitude": rng.choice([None, rng.uniform(9.8, 10.2)]),
        "longitude": rng.choice([None, rng.uniform(19.8, 20.2)]),
        "format": rng.choice(["JPEG", "MPO", "PNG", "DNG", "MP4"]),
        "width": rng.randrange(100, 900),
        "height": rng.randrange(100, 900),
        "size": rng.randrange(10_000),
    }
    image = add(store, f"{folder}/{number}.x", root, **columns)
    return {"id": image, "folder": f"{root}/{folder}", "label": rng.choice([None, "cup", "car"]), **columns}
