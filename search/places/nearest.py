"""Which place each of many points is in or near: exact, without any tree, in one pass over the occupied cubes of space.

The country is that of the nearest place. Within it a place counts as nearer by its size, as if it had 4 m for the root
of each inhabitant (6 km for the 2.1 million of Paris) around its centre: the squared distance less the square of that
is smallest, which draws straight borders (a power diagram). So the Eiffel Tower is in Paris although the centre of
Neuilly is as near, and Versailles is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from search.places.globe import ACROSS, CUBE, chord, cubes_of, in_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from search.places.tables import Gazetteer

NEAR = 50_000.0  # metres from which on no place is named
FAR = 200_000.0  # and no country, as at sea: some more than the 200 miles of its waters would not be doubted
PLACES_A_DEGREE = 1000  # points are taken together within this part of a degree, 110 m
METRES_A_ROOT = 4.0  # of the inhabitants
AT_ONCE = 2_000_000  # distances in memory together
SIDES = (CUBE, 64_000.0, 256_000.0)  # of cubes, metres: most points are near a place, and small cubes hold few


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The places and countries that points are in; -1 for none."""

    places: NDArray[np.int64]  # (n,) numbers in the gazetteer
    countries: NDArray[np.int64]  # (n,) among About.countries
    regions: NDArray[np.int64]  # (n,) among About.regions, of the nearest place


def whereabouts(gazetteer: Gazetteer, points: NDArray[np.float64]) -> Whereabouts:
    """Return where points (n, 2), latitude and longitude in degrees, are."""
    rounded = np.round(points * PLACES_A_DEGREE).astype(np.int64)
    codes, which = np.unique(rounded[:, 0] * 1_000_000 + rounded[:, 1], return_inverse=True)
    latitudes = np.floor_divide(codes + 500_000, 1_000_000)
    distinct = np.stack([latitudes, codes - latitudes * 1_000_000], axis=1) / PLACES_A_DEGREE
    spots = in_space(distinct)
    places, nearest = _searched(gazetteer, spots)
    which = which.reshape(-1)  # numpy 2.0 alone gives it another shape
    countries, regions = (
        np.where(nearest < 0, -1, gazetteer.places[field][nearest].astype(np.int64)) for field in ("country", "region")
    )
    return Whereabouts(places[which], countries[which], regions[which])


def _searched(gazetteer: Gazetteer, spots: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the place of each point (n, 3) in space, and the nearest one; -1 for none."""
    places, nearest = np.full(len(spots), -1), np.full(len(spots), -1)
    largest = METRES_A_ROOT**2 * float(gazetteer.places["population"].max())
    for side in SIDES:
        # The cubes around that of a point hold all places that are nearer than their side, and the place of a point
        # is no farther than this from one whose nearest place is within `certain`.
        certain = min(side**2 - largest, chord(FAR) ** 2)
        left = np.flatnonzero(nearest < 0)
        places[left], nearest[left] = _by_cube(gazetteer, spots[left], side, certain)
    return places, nearest


def _by_cube(
    gazetteer: Gazetteer, spots: NDArray[np.float64], side: float, most: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the same of what lies in the cubes around each point; -1 if its square of the distance is above `most`."""
    places = np.full(len(spots), -1)
    nearest = places.copy()
    if not len(spots):
        return places, nearest
    order, keys = _sorted_places(gazetteer, side)
    cubes = cubes_of(spots, side)
    sequence = np.argsort(cubes, kind="stable")
    occupied, starts = np.unique(cubes[sequence], return_index=True)
    around = _around(keys, occupied)
    for spans, group in zip(around, np.split(sequence, starts[1:]), strict=True):
        candidates = np.concatenate([np.arange(first, last) for first, last in spans])
        if order is not None:
            candidates = order[candidates]
        if len(candidates):
            for part in np.array_split(group, -(-len(group) * len(candidates) // AT_ONCE)):
                places[part], nearest[part] = _among(gazetteer, candidates, spots[part], most)
    return places, nearest


@lru_cache(maxsize=len(SIDES))  # a server asks for hits again and again
def _sorted_places(gazetteer: Gazetteer, side: float) -> tuple[NDArray[np.int64] | None, NDArray[np.int32]]:
    """Return the order that sorts places by their cubes, None if they are sorted so, and the cubes in that order."""
    if side == CUBE:
        return None, np.ascontiguousarray(gazetteer.places["cube"])
    cubes = cubes_of(gazetteer.places["spot"].astype(np.float64), side)
    order = np.argsort(cubes, kind="stable")
    return order, cubes[order]


def _around(keys: NDArray[np.int32], cubes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the spans (n, 9, 2) of the places in each cube and the 26 around it; three along z lie side by side."""
    columns = np.array([(x * ACROSS + y) * ACROSS for x in (-1, 0, 1) for y in (-1, 0, 1)], dtype=np.int32)
    spans = cubes[:, None, None] + columns[:, None] + np.array([-1, 2], dtype=np.int32)
    return np.searchsorted(keys, spans)


def _among(
    gazetteer: Gazetteer, candidates: NDArray[np.int64], spots: NDArray[np.float64], most: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the place of each point among the candidates, and the nearest one; -1 as in `_by_cube`."""
    chosen = gazetteer.places[candidates]
    there = chosen["spot"] - spots[0]  # as differences from one of them, which are small, no digits get lost
    here = spots - spots[0]
    squares = (here**2).sum(axis=1)[:, None] + (there**2).sum(axis=1) - 2 * here @ there.T
    first = squares.argmin(axis=1)
    squares_of_nearest = squares[np.arange(len(spots)), first]
    squares -= METRES_A_ROOT**2 * chosen["population"]
    squares[chosen["country"] != chosen["country"][first][:, None]] = np.inf
    nearest = np.where(squares_of_nearest <= most, candidates[first], -1)
    is_named = squares_of_nearest <= min(most, chord(NEAR) ** 2)
    return np.where(is_named, candidates[squares.argmin(axis=1)], -1), nearest
