"""What the tests of roots ask a library."""

from __future__ import annotations

from pathlib import Path

from indexer.store.pictures import image_at
from indexer.store.roots import roots
from indexer.store.store import Store
from tests.label_sets import store_labels


def ids(store: Store, *paths: Path) -> list[int | None]:
    return [found[0] if (found := image_at(store, path)) else None for path in paths]


def root_folders(store: Store) -> list[Path]:
    return [root.path for root in roots(store)]


def label_all(store: Store) -> None:
    """Give every picture a label."""
    ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
    store_labels(store, ["a"], [(image, "a", 1.0) for image in ids])
