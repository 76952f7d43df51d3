"""The names of the places where pictures were taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search.places.gazetteer import gazetteer_if_any

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.results import Hit


def with_places(hits: Sequence[Hit], say: Callable[[str], None] = lambda line: None) -> list[Hit]:
    """Return hits with `place` and `country`, where they were taken; as they are where no names can be had.

    `say` is told before what takes long. A place is named that is up to some 50 km away, a country up to 200 km.
    """
    names = names_at([(hit.latitude, hit.longitude) for hit in hits], say)
    return [
        hit if country is None else replace(hit, place=place, country=country)
        for hit, (place, country) in zip(hits, names, strict=True)
    ]


def names_at(
    points: Sequence[tuple[float | None, float | None]], say: Callable[[str], None] = lambda line: None
) -> list[tuple[str | None, str | None]]:
    """Return place and country of each of (latitude, longitude); both None far from all places, and without names."""
    placed = [number for number, point in enumerate(points) if None not in point]
    gazetteer = gazetteer_if_any(say) if placed else None
    named: list[tuple[str | None, str | None]] = [(None, None)] * len(points)
    if gazetteer is None:
        return named
    import numpy as np

    from search.places.nearest import whereabouts

    found = whereabouts(gazetteer, np.array([points[number] for number in placed], dtype=np.float64))
    for number, place, country in zip(placed, found.places.tolist(), found.countries.tolist(), strict=True):
        if country >= 0:
            label = gazetteer.label(place) if place >= 0 else None
            named[number] = label, gazetteer.about.countries[country][2]
    return named


def prepare_names(store: Store, say: Callable[[str], None] = lambda line: None) -> None:
    """Make the gazetteer after a run, if a picture has a place, so that the first query need not wait for it."""
    if store.db.execute("SELECT 1 FROM images WHERE latitude IS NOT NULL LIMIT 1").fetchone() is not None:
        gazetteer_if_any(say)
