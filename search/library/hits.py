"""Hits from ids and scores, with what the library knows about each picture."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.files.formats import VIDEO_FORMATS
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.store import Store
from search.results import Hit

COLUMNS = (
    "id, root, path, path_bytes, at_ms, format, size, width, height, taken_at, camera_make, camera_model,"
    " latitude, longitude, taken_from"
)


def hits_of(store: Store, scores: Sequence[tuple[int, float | None]]) -> list[Hit]:
    """Return the hits of (id, score or None) pairs, in their order, without pictures that were removed meanwhile."""
    select = f"SELECT {COLUMNS} FROM images WHERE id IN ({{marks}})"
    known = {row[0]: row for row in store.db.rows_in(select, (image for image, _ in scores))}
    folders = root_paths(store)
    hits = []
    for image, score in scores:
        if image not in known:
            continue
        _, root, name, raw, at_ms, form, size, width, height, taken_at, make, model, *rest = known[image]
        at = at_ms / 1000 if at_ms or form in VIDEO_FORMATS else None
        path = folders[root] / from_columns(name, raw)
        latitude, longitude, taken_from = rest
        facts = (form, size, width, height, taken_at, camera(make, model), latitude, longitude, taken_from)
        hits.append(Hit(path, score, at, image, *facts))
    return hits


def camera(make: str | None, model: str | None) -> str | None:
    """Return a camera's name; many models begin with their make."""
    if make and model and not model.lower().startswith(make.lower().split()[0]):
        return f"{make} {model}"
    return model or make
