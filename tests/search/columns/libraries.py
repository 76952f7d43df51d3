"""Libraries of made-up pictures for the columns, with odd values in them, and what is true of them."""

from __future__ import annotations

import os
import random
from typing import Any

from indexer.store.store import Store
from search.library.hits import hits_of
from search.results import Hit
from tests.search.filters.rows import add

FOLDERS = ("", "a", "a/b", "A/b", "IMG", "img", "x 2", "x 10", "a/b/c/d", "é", os.fsdecode(b"\xff/y"))
DATES = (
    *(None, None, "2021-07-04T15:30:00", "2021-07-04T15:30:00+02:00", "2021-07-04", "2021-07", "2021"),
    *("2019-12-31T23:59:59", "1999", "2021-13-01", "", "x", "\u0662\u0660", "2021-07-04T15:30:01Z"),
)
CAMERAS = ((None, None), ("Canon", "Canon EOS"), ("Apple", "iPhone"), (None, "iPhone"), ("Apple", None), (b"x", "y"))
ODD: tuple[dict[str, Any], ...] = (
    {"path": "../out.jpg"},
    {"path": "/absolute.jpg"},
    {"path": ""},
    {"path": b"blob"},
    {"path": "nul\0.jpg"},
    {"width": "wide"},
    {"height": 0.5},
    {"size": 2**63 - 1},
    {"at_ms": b"x"},
    {"format": b"JPEG"},
    {"path_bytes": 5.5},
    {"taken_at": b"2021"},
    {"latitude": "north", "longitude": 5.0},
    {"latitude": 91.0, "longitude": 5.0},
    {"latitude": float("inf"), "longitude": 5.0},
    {"latitude": 5.0},
    {"camera_make": 5, "camera_model": b"\xff"},
    {"width": -5},
    {"height": 0},
)


def random_pictures(store: Store, seed: int, count: int = 300) -> None:
    """Insert pictures in three roots, one of them inside another, with all kinds of names and metadata."""
    chance = random.Random(seed)
    roots = ("/photos", "/photos/a", "/Photos 10")
    with store.writing():
        for number in range(count):
            make, model = chance.choice(CAMERAS)
            folder, date = chance.choice(FOLDERS), chance.choice(DATES)
            name = chance.choice(["IMG_{}.jpg", "img_{:03}.JPG", "{}", "a{}b{}.png", "\u0661{}", "{}.mp4"])
            place = chance.random() < 0.5
            add(
                store,
                f"{folder}/{name.format(number // 3, number)}".lstrip("/"),
                chance.choice(roots),
                **{"taken_at": date, "camera_make": make, "camera_model": model},
                **{"width": chance.randrange(1, 9000), "height": chance.randrange(1, 9000)},
                **{"format": chance.choice(["JPEG", "PNG", "MP4"]), "at_ms": number},
                **({"latitude": chance.uniform(-90, 90), "longitude": chance.uniform(-180, 180)} if place else {}),
            )


def odd_rows(store: Store) -> None:
    """Insert a picture for each value that no clipsearch writes, and a root that is damaged, with a picture."""
    store.db.execute("PRAGMA ignore_check_constraints = ON")
    for number, odd in enumerate(ODD):
        image = add(store, f"odd/{number}.jpg", "/photos")
        for column, value in odd.items():
            store.db.execute(f"UPDATE images SET {column} = ? WHERE id = ?", [value, image])
    add(store, "1.jpg", "/damaged")
    store.db.execute("UPDATE roots SET exclude = 'no JSON' WHERE path = '/damaged'")


def all_hits(store: Store) -> dict[int, Hit]:
    """Return all hits of a library, by id."""
    ids = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
    return {hit.id: hit for hit in hits_of(store, [(image, None) for image in ids])}
