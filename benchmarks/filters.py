"""How long filters take in a large library, with and without their indexes, and what the indexes cost.

    python -m benchmarks.filters [PICTURES]

The library is synthetic and holds no embeddings. Prints a Markdown table; each figure is the best of three, warm.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))

from indexer.store.migrations import m010_filter_indexes
from indexer.store.store import Store
from search.filters import conditions
from search.filters.filters import make_filters
from search.filters.passing import matching_ids

FORMATS = ["JPEG"] * 85 + ["HEIF"] * 9 + ["PNG"] * 3 + ["MP4"] * 2 + ["DNG"]
CAMERAS = [(f"Maker{number % 9}", f"Model {number} Pro") for number in range(40)]
SIZES = [(4032, 3024), (3024, 4032), (1600, 1200), (1920, 1080), (640, 480)]
CLASSES = [f"class{number}" for number in range(100)]
INDEXES = ("images_taken_at", "images_place", "images_camera", "images_type", "labels_class")
COLUMNS = (
    "root, path, size, mtime_ns, width, height, format, indexed_at, content_hash, taken_at, camera_make, camera_model,"
    " lens, latitude, longitude, orientation"
)
QUESTIONS: dict[str, dict[str, Any]] = {
    "a folder with 1%": {"folder": "/photos/2015/3"},
    "a year": {"after": 2015, "before": 2016},
    "a camera": {"camera": "model 5 pro"},
    "a place, 10 km": {"near": (50.0, 10.0)},
    "a city by name": {"near": "Schweinfurt"},
    "a country": {"near": "Germany"},
    "a label of 100": {"label": "class7"},
    "PNG": {"types": "png"},
    "JPEG": {"types": "jpeg"},
    "8 megapixels": {"min_size": "8mp"},
    "5 MB": {"min_size": "5MB"},
    "a year and a camera": {"after": 2015, "before": 2016, "camera": "model 5 pro"},
    "a year and JPEG": {"after": 2015, "before": 2016, "types": "jpeg"},
    "a folder and JPEG": {"folder": "/photos/2015/3", "types": "jpeg"},
    "a name": {"named": "album 05"},
    "two names": {"named": ["2015/", "album 05"]},
    "a year and a name": {"after": 2015, "before": 2016, "named": "album 05"},
    "a place and JPEG": {"near": (50.0, 10.0), "types": "jpeg"},
}


def pictures(count: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows: twelve years, 90% with date and camera, 60% with a place near one of 300 towns."""
    rng = random.Random(1)
    towns = [(50.0, 10.0), *((rng.uniform(-45, 60), rng.uniform(-180, 180)) for _ in range(299))]
    weights = [1 / (place + 1) for place in range(len(CAMERAS))]
    for number in range(count):
        form, year = rng.choice(FORMATS), 2010 + rng.randrange(12)
        day = f"{year}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        taken = f"{day}T{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
        town = towns[min(299, int(rng.expovariate(1 / 40)))]
        yield (
            *(1, f"{year}/{number % 8}/album {number % 100:02}/IMG_{number:07}.{form.lower()}"),
            *(rng.randrange(500_000, 8_000_000), number, *rng.choice(SIZES), form, "2024-01-01T00:00:00+00:00"),
            *(rng.randbytes(16), taken + rng.choice(["", "+02:00"]) if rng.random() < 0.9 else None),
            *(rng.choices(CAMERAS, weights)[0] if rng.random() < 0.9 else (None, None)),
            "Lens 24-70 F2.8",
            *((rng.gauss(town[0], 0.1), rng.gauss(town[1], 0.1)) if rng.random() < 0.6 else (None, None)),
            1,
        )


def fill(store: Store, count: int) -> None:
    """Insert pictures and a label for each."""
    rng = random.Random(2)
    with store.writing():
        store.db.execute("INSERT INTO roots (path, added_at) VALUES ('/photos', '2024')")
        marks = ", ".join("?" * len(COLUMNS.split(",")))
        store.db.conn.executemany(f"INSERT INTO images ({COLUMNS}) VALUES ({marks})", pictures(count))
        store.db.execute(
            "INSERT INTO models (name, fingerprint, dim, logit_scale, added_at) VALUES ('m', 'm', 512, 100, '2024')"
        )
        store.db.execute(
            "INSERT INTO label_sets (name, model, classes, templates, labelled_at)"
            " VALUES ('classes', 1, ?, '[\"{}\"]', '2024')",
            [json.dumps([{"name": name, "prompts": [name]} for name in CLASSES])],
        )
        labels = ((number, rng.choice(CLASSES)) for number in range(1, count + 1))
        store.db.conn.executemany(
            "INSERT INTO labels (label_set, image, class, probability) VALUES (1, ?, ?, 0.5)", labels
        )


def measure(store: Store) -> dict[str, tuple[float, int]]:
    """Return the milliseconds and the number of pictures of each question."""
    found = {}
    for name, wanted in QUESTIONS.items():
        best = float("inf")
        for _ in range(3):
            begin = time.perf_counter()
            ids = matching_ids(store, make_filters(**wanted))
            best = min(best, time.perf_counter() - begin)
        found[name] = (best * 1000, len(ids) if ids is not None else -1)
    return found


def plainly_distinct(store: Store, expression: str) -> list[str]:
    """Return the values of an expression by reading all pictures: leaping needs an index."""
    return [row[0] for row in store.db.execute(f"SELECT DISTINCT {expression} FROM images")]


def pages(store: Store) -> int:
    """Return the bytes in use."""
    size, count, free = (
        store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return int(size * (count - free))


def main() -> None:
    """Fill a library without the indexes, measure, add them, measure again."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder)) as store:
        for index in INDEXES:
            store.db.execute(f"DROP INDEX {index}")
        fill(store, count)
        bytes_before = pages(store)
        with mock.patch.object(conditions, "_distinct", plainly_distinct):
            without = measure(store)
        begin = time.perf_counter()
        m010_filter_indexes(store.db)
        store.db.conn.commit()
        seconds = time.perf_counter() - begin
        indexed = measure(store)
        print(
            f"{count:,} pictures. The indexes take {(pages(store) - bytes_before) / count:.0f} bytes a picture", end=""
        )
        print(f" (of {bytes_before / count:.0f} without embeddings) and {seconds:.1f} s to make.\n")
    print("| filter | pictures | without index, ms | with, ms |\n|-|-|-|-|")
    for name, (milliseconds, passed) in indexed.items():
        print(f"| {name} | {passed:,} | {without[name][0]:.1f} | {milliseconds:.1f} |")


if __name__ == "__main__":
    main()
