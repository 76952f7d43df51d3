"""The country and the place of each picture that says where it was taken, as numbers, so that counting them is quick.

Finding them takes a second or two for a million, so that is done once for each state of the library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search.places.gazetteer import gazetteer_if_any

if TYPE_CHECKING:
    from search.columns.columns import Columns, Mask
    from search.places.tables import Gazetteer

MOST_PLACES = 200  # that are named

Numbers = NDArray[np.int32]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Where the pictures were taken that say so."""

    rows: NDArray[np.uint32]  # in the columns (m,)
    countries: Numbers  # in the gazetteer (m,), -1 for none
    places: Numbers  # (m,)
    gazetteer: Gazetteer | None  # None where no names of places can be had

    def counts(self, mask: Mask | None) -> tuple[Counts, Counts]:
        """Return how many pictures of a mask, or all, are in each country and at each of the most frequent places."""
        gazetteer = self.gazetteer
        if gazetteer is None:
            return {}, {}
        chosen = slice(None) if mask is None else mask[self.rows]
        names = gazetteer.about.countries
        countries = _counted(self.countries[chosen], None)
        places = _counted(self.places[chosen], MOST_PLACES)
        return (
            _named((names[number][2], count) for number, count in countries),
            _named((gazetteer.label(number), count) for number, count in places),
        )


def read_places(columns: Columns) -> PlaceColumns:
    """Return where the pictures of columns were taken."""
    rows = np.flatnonzero(columns.placed).astype(np.uint32)
    gazetteer = gazetteer_if_any() if len(rows) else None
    if gazetteer is None:
        return PlaceColumns(rows, np.full(len(rows), -1, np.int32), np.full(len(rows), -1, np.int32), None)
    from search.places.nearest import whereabouts

    points = np.stack([columns.latitudes[rows], columns.longitudes[rows]], axis=1).astype(np.float64)
    found = whereabouts(gazetteer, points)
    return PlaceColumns(rows, found.countries.astype(np.int32), found.places.astype(np.int32), gazetteer)


def _counted(numbers: Numbers, most: int | None) -> list[tuple[int, int]]:
    """Return the numbers that are not negative, with how often they occur, the most frequent first."""
    counts = np.bincount(numbers[numbers >= 0])
    found = np.flatnonzero(counts)
    order = found[np.lexsort((found, -counts[found]))][:most]
    return list(zip(order.tolist(), counts[order].tolist(), strict=True))


def _named(pairs: Iterable[tuple[str, int]]) -> Counts:
    """Return counts by name, the most first; what has one name is one."""
    counts: Counts = {}
    for name, count in pairs:
        counts[name] = counts.get(name, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
