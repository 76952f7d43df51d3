"""Make a library of so many pictures that need no files, to serve: `python -m benchmarks.serve_library FOLDER 1000000`.

A million of them take some minutes. What the library knows is like what people have: pictures come in events, each in a
folder, near a town, by one camera, over twenty years, more in later ones; those of a scanner have no date, two in five
no place; one in a hundred is a copy of the one before in another folder. Embeddings are clustered by event, around
2,000 centres. The model is the built-in one by default, so that texts can be asked for. A label set covers all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from indexer.store.models import StoredModel, remember_model
from indexer.store.store import Store

BLOCK = 20_000
CENTRES, NOISE, EVENT_NOISE = 2_000, 0.7, 0.6  # lengths of noise: pictures around their event, events around a centre
SEED = 3
ROOTS = ("/photos/phone", "/photos/camera", "/photos/scans")
TOWNS = 300
CAMERAS = (
    *(("Apple", "iPhone 12"), ("Apple", "iPhone 15 Pro"), ("samsung", "SM-G991B"), ("Google", "Pixel 7")),
    *(("Canon", "Canon EOS R6"), ("NIKON CORPORATION", "NIKON D750"), ("SONY", "ILCE-7M4"), ("FUJIFILM", "X-T4")),
    *((None, None), ("EPSON", "Perfection V600")),
)
FORMATS = ("JPEG", "HEIF", "PNG", "DNG", "MP4")
SHARES = (0.86, 0.08, 0.03, 0.02, 0.01)
SIZES = ((4032, 3024), (3024, 4032), (6000, 4000), (1920, 1080), (1080, 1920), (3000, 3000), (9000, 2400), (1170, 2532))
CLASSES = ("beach", "city", "food", "people", "animal", "car", "document", "screenshot", "mountain", "flower")
COLUMNS = (
    "id, root, path, size, mtime_ns, width, height, format, indexed_at, content_hash, perceptual_hash, taken_at,"
    " camera_make, camera_model, latitude, longitude, taken_from"
)
Rows = list[tuple[Any, ...]]


class Events:
    """Yields pictures, event by event."""

    def __init__(self, dim: int) -> None:
        """Take the length of an embedding."""
        self._random = np.random.default_rng(SEED)
        self._towns = np.column_stack([self._random.uniform(-40, 62, TOWNS), self._random.uniform(-180, 180, TOWNS)])
        self._centres = self._random.standard_normal((CENTRES, dim), dtype=np.float32) / np.sqrt(dim, dtype=np.float32)
        self._dim = dim
        self._next = 1  # id

    def blocks(self, count: int) -> Iterator[tuple[Rows, np.ndarray]]:
        """Yield rows of pictures and their embeddings (n, dim), fp16 and of length 1, until there are so many."""
        rows: Rows = []
        parts: list[np.ndarray] = []
        while self._next <= count:
            few = min(1 + int(self._random.exponential(60)), count - self._next + 1)
            rows += self._pictures(few)
            parts.append(self._vectors(few))
            if len(rows) >= BLOCK or self._next > count:
                yield rows, np.concatenate(parts)
                rows, parts = [], []

    def _pictures(self, count: int) -> Rows:
        """Return the rows of one event."""
        chance = self._random
        camera = int(chance.integers(len(CAMERAS)))
        start = datetime(2004, 1, 1) + timedelta(seconds=int(22 * 365.25 * 86400 * float(chance.random()) ** 0.6))
        moments = np.cumsum(chance.exponential(150, count)).astype(int).tolist()
        town = self._towns[min(TOWNS - 1, int(chance.exponential(40)))]
        places = (town + chance.normal(0, 0.05, (count, 2))).round(6).clip((-90, -180), (90, 180)).tolist()
        is_placed, is_dated = chance.random() < 0.6, CAMERAS[camera][0] != "EPSON"
        root = 3 if not is_dated else 1 if camera < 4 else 2
        folder = (
            f"{start.year}/{start:%Y-%m} event {self._next // 60:05}" if root != 3 else f"box {self._next // 900:03}"
        )
        sizes = chance.integers(len(SIZES), size=count).tolist()
        formats = chance.choice(FORMATS, count, p=SHARES).tolist()
        weights = chance.integers(300_000, 9_000_000, count).tolist()
        rows: Rows = []
        for row in range(count):
            image = self._next + row
            moment = f"{start + timedelta(seconds=moments[row]):%Y-%m-%dT%H:%M:%S}{'+02:00' if camera < 4 else ''}"
            rows.append((
                *(image, root, f"{folder}/IMG_{image % 10_000}_{image}.{formats[row].lower()}", weights[row], image),
                *(*SIZES[sizes[row]], formats[row], "2026-01-01T00:00:00+00:00", chance.bytes(16), chance.bytes(32)),
                *(moment if is_dated else None, *CAMERAS[camera]),
                *(places[row] if is_placed else (None, None)),
                "exif-original" if is_dated else None,
            ))  # fmt: skip
        if count > 20:  # one is a copy
            rows[-1] = (rows[-1][0], rows[-1][1], f"copies/{rows[-1][0]}.jpg", *rows[-2][3:])
        self._next += count
        return rows

    def _vectors(self, count: int) -> np.ndarray:
        """Return the embeddings of one event."""
        scale = 1 / np.sqrt(self._dim, dtype=np.float32)
        event = self._centres[self._random.integers(CENTRES)]
        event = event + EVENT_NOISE * scale * self._random.standard_normal(self._dim, dtype=np.float32)
        moved = event + NOISE * scale * self._random.standard_normal((count, self._dim), dtype=np.float32)
        if count > 20:
            moved[-1] = moved[-2]
        return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float16)


@contextlib.contextmanager
def in_bulk(store: Store) -> Iterator[None]:
    """Leave out triggers and indexes in the block, and make them again at its end: a row costs a fraction then."""
    made = store.db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')"
        " AND tbl_name IN ('images', 'embeddings', 'labels')"
    ).fetchall()
    for kind, name, _ in made:
        store.db.execute(f'DROP {kind} "{name}"')
    yield
    for _, _, sql in made:
        store.db.execute(sql)


def fill(store: Store, model: StoredModel, count: int, labelled: bool) -> None:
    """Insert the pictures with their embeddings, and perhaps a label for each."""
    store.db.conn.executemany(
        "INSERT INTO roots (path, added_at, indexed_at) VALUES (?, '2026', '2026')", [(root,) for root in ROOTS]
    )
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with in_bulk(store):
        for rows, vectors in Events(model.dim).blocks(count):
            with store.writing():
                store.db.conn.executemany(f"INSERT INTO images ({COLUMNS}) VALUES ({marks})", rows)
                store.db.conn.executemany(
                    "INSERT INTO embeddings (image, model, vector, precision) VALUES (?, ?, ?, 'fp32')",
                    ((row[0], model.id, vector.tobytes()) for row, vector in zip(rows, vectors, strict=True)),
                )
            print(f"  {rows[-1][0]:,} pictures", file=sys.stderr, end="\r")
        store.db.execute("UPDATE models SET generation = ?, verified = ? WHERE id = ?", [count, count, model.id])
        if labelled:
            add_labels(store, model, count)


def add_labels(store: Store, model: StoredModel, count: int) -> None:
    """Add a label set in which every picture has a label."""
    classes = json.dumps([{"name": name, "prompts": [f"a photo of a {name}"]} for name in CLASSES])
    store.db.execute(
        "INSERT INTO label_sets (id, name, model, classes, templates, labelled_at)"
        " VALUES (1, 'things', ?, ?, '[\"{}\"]', '2026')",
        [model.id, classes],
    )
    chance = np.random.default_rng(SEED)
    chosen, sure = chance.integers(len(CLASSES), size=count).tolist(), chance.uniform(0.3, 1, count).round(4).tolist()
    rows = ((1, image + 1, CLASSES[chosen[image]], sure[image]) for image in range(count))
    with store.writing():
        store.db.conn.executemany("INSERT INTO labels (label_set, image, class, probability) VALUES (?, ?, ?, ?)", rows)


def make_library(folder: Path, count: int, model: str = "builtin", labelled: bool = True) -> Path:
    """Return the folder of a library of so many pictures, made if it is not there."""
    from indexer.models.loading import load_encoder
    from search.index.building import refresh

    if (folder / "ready").exists():
        return folder
    encoder = load_encoder(model, "cpu")
    with Store.create(folder) as store:
        stored = remember_model(store, encoder)
        began = time.perf_counter()
        fill(store, stored, count, labelled)
        print(f"  {count:,} pictures in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        began = time.perf_counter()
        refresh(store, stored)
        print(f"  their index in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / "ready").touch()
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the library that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--no-labels", action="store_true")
    given = parser.parse_args(arguments)
    folder = make_library(given.folder, given.pictures, given.model, not given.no_labels)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"| pictures | {given.pictures} |\n| bytes a picture | {size / given.pictures:.0f} |")


if __name__ == "__main__":
    main()
