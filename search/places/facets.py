"""How many pictures were taken in each country and at each place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.places.gazetteer import gazetteer_if_any

if TYPE_CHECKING:
    from indexer.arrays import Ids
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Pictures by where they were taken, the most first; empty where no names of places can be had."""

    countries: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # "Paris, France"


def count_places(store: Store, ids: Ids | None = None, say: Callable[[str], None] = lambda line: None) -> PlaceCounts:
    """Return how many of some pictures, ascending ids (n,), or of all were taken in each country and at each place."""
    import numpy as np

    from indexer.arrays import member_of

    is_sound = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
    read = store.db.execute(f"SELECT id, latitude, longitude FROM images WHERE {is_sound}")
    rows = np.array(read.fetchall(), dtype=np.float64).reshape(-1, 3)
    if ids is not None:
        rows = rows[member_of(rows[:, 0].astype(np.int64), ids)]
    gazetteer = gazetteer_if_any(say) if len(rows) else None
    if gazetteer is None:
        return PlaceCounts()
    from search.places.nearest import whereabouts

    found = whereabouts(gazetteer, rows[:, 1:])
    return PlaceCounts(
        _counted(found.countries, lambda country: gazetteer.about.countries[country][2]),
        _counted(found.places, gazetteer.label),
    )


def _counted(numbers: Ids, name: Callable[[int], str]) -> dict[str, int]:
    """Return how often each number that is not negative occurs, by its name, the most frequent first."""
    import numpy as np

    values, counts = np.unique(numbers[numbers >= 0], return_counts=True)
    result: dict[str, int] = {}
    for number, count in zip(values.tolist(), counts.tolist(), strict=True):
        result[name(number)] = result.get(name(number), 0) + count
    return dict(sorted(result.items(), key=lambda pair: (-pair[1], pair[0])))
