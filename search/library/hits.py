"""Ids and scores become hits, with what the library knows of each picture."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.files.formats import is_video
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.store import Store
from search.results import Hit

COLUMNS = (
    "id, root, path, path_bytes, at_ms, format, size, width, height, taken_at, camera_make, camera_model,"
    " latitude, longitude"
)


def hits_of(store: Store, found: Sequence[tuple[int, float | None]]) -> list[Hit]:
    """Return the hits of (id, cosine or None) pairs, in their order, without pictures that were removed meanwhile."""
    select = f"SELECT {COLUMNS} FROM images WHERE id IN ({{marks}})"
    known = {row[0]: row for row in store.db.rows_in(select, (image for image, _ in found))}
    folders = root_paths(store)
    hits = []
    for image, score in found:
        if image not in known:
            continue
        _, root, path, raw, at_ms, form, size, width, height, taken_at, make, model, latitude, longitude = known[image]
        at = at_ms / 1000 if at_ms or is_video(path) else None
        place = folders[root] / from_columns(path, raw)
        hits.append(
            Hit(place, score, at, image, form, size, width, height, taken_at, camera(make, model), latitude, longitude)
        )
    return hits


def camera(make: str | None, model: str | None) -> str | None:
    """Return a camera's name; many models name their make already."""
    if make and model and not model.lower().startswith(make.lower().split()[0]):
        return f"{make} {model}"
    return model or make
