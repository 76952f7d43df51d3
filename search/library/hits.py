"""Hits from ids and scores, with what the library knows about each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from indexer.damage import note_damage
from indexer.files.formats import VIDEO_FORMATS
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.soundness import is_count, is_name, is_number
from indexer.store.store import Store
from search.results import Hit

COLUMNS = (
    "id, root, path, path_bytes, at_ms, format, size, width, height, taken_at, camera_make, camera_model,"
    " latitude, longitude, taken_from"
)

Scored = tuple[int, float | None]  # id, score


def hits_of(store: Store, scores: Sequence[Scored]) -> list[Hit]:
    """Return the hits of (id, score or None) pairs, in their order.

    Without pictures that were removed meanwhile or whose row is damaged; where only the metadata are, without these.
    """
    select = f"SELECT {COLUMNS} FROM images WHERE id IN ({{marks}})"
    known = {row[0]: row for row in store.db.rows_in(select, (image for image, _ in scores))}
    folders = root_paths(store)
    hits = []
    for image, score in scores:
        if image not in known:
            continue
        _, root, name, raw, at_ms, form, size, width, height, *rest = known[image]
        numbers = all(map(is_count, (at_ms, size, width, height)))
        if root not in folders or not is_name(name, raw) or not numbers or type(form) is not str:
            note_damage("picture", [image])
            continue
        at = at_ms / 1000 if at_ms or form in VIDEO_FORMATS else None
        path = folders[root] / from_columns(name, raw)
        hits.append(Hit(path, _cosine(score), at, image, form, size, width, height, *_metadata(image, *rest)))
    return hits


def _cosine(score: float | None) -> float | None:
    """Return a score as the cosine it stands for: embeddings of 16 bits are some 0.00003 longer than 1, or shorter."""
    return None if score is None else min(1.0, max(-1.0, score))


def hits_of_stacks(store: Store, stacks: Sequence[tuple[Scored, Sequence[Scored]]]) -> list[Hit]:
    """Return a hit for each stack of (id, score) and its copies, in their order; without pictures that were removed.

    If the one that stands for a stack was removed meanwhile, the best of the others does.
    """
    all_of = [(shown, *copies) for shown, copies in stacks]
    found = {hit.id: hit for hit in hits_of(store, [picture for pictures in all_of for picture in pictures])}
    rows = [[found[image] for image, _ in pictures if image in found] for pictures in all_of]
    return [replace(row[0], copies=tuple(row[1:])) if row[1:] else row[0] for row in rows if row]


def _metadata(
    image: int, taken_at: Any, make: Any, model: Any, latitude: Any, longitude: Any, taken_from: Any
) -> tuple[str | None, str | None, float | None, float | None, str | None]:
    """Return the time, camera, place and source of the time of a picture; None for what is damaged."""
    texts = [value if value is None or type(value) is str else None for value in (taken_at, make, model, taken_from)]
    is_placed = is_number(latitude, -90, 90) and is_number(longitude, -180, 180)
    given = (taken_at, make, model, taken_from)
    if texts != list(given) or (not is_placed and (latitude, longitude) != (None, None)):
        note_damage("picture's metadata", [image])
    place = (latitude, longitude) if is_placed else (None, None)
    return texts[0], camera(texts[1], texts[2]), *place, texts[3]


def camera(make: str | None, model: str | None) -> str | None:
    """Return a camera's name; many models begin with their make."""
    if make and model and not model.lower().startswith(tuple(make.lower().split()[:1])):
        return f"{make} {model}"
    return model or make
