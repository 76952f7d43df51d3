"""Which pictures were taken in a country or region: those whose nearest place is there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from search.filters.coordinates import Box
from search.places.gazetteer import open_gazetteer
from search.places.globe import EARTH_RADIUS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from search.places.named import Area


def box_of(area: Area) -> Box:
    """Return a box that holds all that may be in an area, so that SQLite's index leaves out most of the rest."""
    import numpy as np

    from search.places.nearest import FAR

    gazetteer = open_gazetteer()
    places = gazetteer.places[_is_of(area, gazetteer.places["country"], gazetteer.places["region"])]
    if not len(places):
        return Box(0.0, 0.0, ((0.0, 0.0),))  # a country without a place, such as Antarctica
    angle = math.degrees(FAR / EARTH_RADIUS)
    south, north = float(places["latitude"].min()) - angle, float(places["latitude"].max()) + angle
    widest = max(-south, north)
    if widest >= 89:
        return Box(max(south, -90.0), min(north, 90.0), ())
    beside = math.degrees(math.asin(min(1.0, math.sin(math.radians(angle)) / math.cos(math.radians(widest)))))
    longitudes = np.sort(places["longitude"])
    gaps = np.diff([*longitudes, longitudes[0] + 360])  # the widest is the way around that is not its own
    widest_gap = int(gaps.argmax())
    if gaps[widest_gap] <= 2 * beside:
        return Box(south, north, ())
    west = float(longitudes[(widest_gap + 1) % len(longitudes)]) - beside
    east = float(longitudes[widest_gap]) + beside
    west, east = west + 360 * (west < -180), east - 360 * (east > 180)
    return Box(south, north, ((west, east),) if west <= east else ((west, 180.0), (-180.0, east)))


def are_in(area: Area, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of the points (n, 2), latitude and longitude, are in an area."""
    from search.places.nearest import whereabouts

    found = whereabouts(open_gazetteer(), points)
    return _is_of(area, found.countries, found.regions)


def _is_of(area: Area, countries: NDArray[np.generic], regions: NDArray[np.generic]) -> NDArray[np.bool_]:
    import numpy as np

    is_in: NDArray[np.bool_] = np.isin(regions, area.regions) if area.regions else countries == area.country
    return is_in
