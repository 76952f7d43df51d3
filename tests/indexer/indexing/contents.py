"""What the tests of recognised files ask a library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.indexing.run import index
from indexer.indexing.summary import Summary
from indexer.store.models import active_model
from indexer.store.pictures import image_at
from indexer.store.store import Store
from tests.conftest import count
from tests.fakes import Recorder
from tests.label_sets import save_labels


def id_of(store: Store, path: Path) -> int:
    found = image_at(store, path)
    assert found, f"{path} is not in the library"
    return found[0]


def vector_of(store: Store, path: Path) -> list[float]:
    row = store.db.execute("SELECT vector FROM embeddings WHERE image = ?", [id_of(store, path)]).fetchone()
    return [float(number) for number in np.frombuffer(row[0], "<f2")]


def colour_of(store: Store, path: Path) -> str:
    """Return which colour a picture's embedding says it is."""
    return ("red", "lime", "blue")[int(np.argmax(vector_of(store, path)))]


def label_all(store: Store) -> dict[int, str]:
    """Give each picture a label of its own, and return them by id."""
    model = active_model(store)
    assert model
    ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
    save_labels(store, model, ["a", "b"], [(image, f"label {image}", 0.5) for image in ids])
    return labels(store)


def labels(store: Store) -> dict[int, str]:
    return dict(store.db.execute("SELECT image, class FROM labels").fetchall())


def without_model(store: Store, *folders: Path, **options: object) -> Summary:
    """Index with no model to load: whatever would be encoded fails the test."""
    return index(store, folders, lambda: pytest.fail("the model was loaded"), Recorder(), workers=0, **options)  # type: ignore[arg-type]


def assert_sound(store: Store, pictures: int) -> None:
    """Assert that each picture has one embedding, and that no path is known twice."""
    assert count(store, "images") == count(store, "embeddings") == pictures
    paths = store.db.execute("SELECT DISTINCT root, ifnull(path_bytes, path), at_ms FROM images").fetchall()
    assert len(paths) == pictures
    assert not store.db.execute("PRAGMA foreign_key_check").fetchall()
    assert not store.db.execute("SELECT 1 FROM images WHERE instr(CAST(path_bytes AS BLOB), x'00')").fetchall()
