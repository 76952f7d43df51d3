"""The largest towns, by which a map without tiles shows where the land is, and what is where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.places.gazetteer import gazetteer_if_any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Towns:
    """Towns, the largest first."""

    latitudes: NDArray[np.float64]  # (n,) degrees
    longitudes: NDArray[np.float64]  # (n,)
    names: list[str]  # of the largest of them


def largest_towns(most: int, named: int) -> Towns | None:
    """Return at most so many towns, and the names of the largest; None if the names of places are not installed."""
    import numpy as np

    gazetteer = gazetteer_if_any()
    if gazetteer is None:
        return None
    order = np.argsort(gazetteer.places["population"], kind="stable")[::-1][:most]
    names = [gazetteer.name(place) for place in order[:named].tolist()]
    return Towns(gazetteer.places["latitude"][order], gazetteer.places["longitude"][order], names)
