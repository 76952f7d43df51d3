"""Where pictures of a data set were taken, as a condition in Lance's SQL."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.texts import to_column
from indexer.errors import InvalidRequest
from indexer.paths import absolute, readable
from search.filters.areas import are_in, box_of
from search.filters.coordinates import Box, Coordinates, box_around
from search.filters.picture_coordinates import coordinates_in, coordinates_stated
from search.lance_conditions.sql import both, either, literal, number
from search.places.globe import EARTH_RADIUS
from search.places.named import Area, NamedPlace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indexer.data_sets.pictures_table import PicturesTable

PLACED = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"


def in_box(box: Box) -> str:
    """Return the condition for pictures taken inside the box."""
    spans = [f"longitude BETWEEN {number(west)} AND {number(east)}" for west, east in box.meridians]
    parallels = f"latitude BETWEEN {number(box.south)} AND {number(box.north)}"
    return both([parallels, either(spans) if spans else "NOT isnan(longitude)"])


def near(table: PicturesTable, place: Coordinates | NamedPlace | Path | str | Area, radius: float) -> str:
    """Return the condition for pictures taken within so many metres of a place, or in an area.

    Raises InvalidRequest for a picture that does not say where it was taken, or whose URL is not in the data set,
    PictureError for one that can't be read.
    """
    if isinstance(place, Area):
        return _in_area(table, place)
    if isinstance(place, Path | str):
        centre = _coordinates_of(table, place)
    else:
        centre = Coordinates(place.latitude, place.longitude)
    return both([in_box(box_around(centre, radius)), f"{_distance(centre)} <= {number(radius)}"])


def _distance(centre: Coordinates) -> str:
    """Return the great-circle distance in metres from a place, as coordinates.distances computes it."""
    latitude, longitude = math.radians(centre.latitude), math.radians(centre.longitude)
    north = f"power(sin((radians(latitude) - {number(latitude)}) / 2), 2)"
    east = f"power(sin((radians(longitude) - {number(longitude)}) / 2), 2)"
    haversine = f"{north} + {number(math.cos(latitude))} * cos(radians(latitude)) * {east}"
    return f"{number(2 * EARTH_RADIUS)} * asin(sqrt(least(1.0, greatest(0.0, {haversine}))))"


def _coordinates_of(table: PicturesTable, picture: Path | str) -> Coordinates:
    """Return where a picture was taken, from the data set or, if a path is not there, from the file."""
    address = picture if isinstance(picture, str) else os.fspath(absolute(picture))
    batches = table.scan(["latitude", "longitude"], f"address = {literal(to_column(address))}")
    known = next((row for batch in batches for row in batch.to_pylist()), None)
    shown = address.partition("?")[0] if isinstance(picture, str) else picture  # what follows may be a key
    if known is not None:
        return coordinates_stated(shown, known["latitude"], known["longitude"])
    if isinstance(picture, str):
        raise InvalidRequest(f"There is no picture {readable(shown)} in the library; name one that is, or a place.")
    return coordinates_in(picture)


def _in_area(table: PicturesTable, area: Area) -> str:
    """Return the condition for pictures taken in a country or region: boxes around those that are there.

    SQL knows no borders. So the places of the pictures that may be there are read, and split until all within a box
    are there or none is.
    """
    import numpy as np

    around = in_box(box_of(area))
    batches = list(table.scan(["latitude", "longitude"], around, rows=65_536))
    columns = [np.concatenate([np.empty(0), *(batch[name].to_numpy() for batch in batches)]) for name in range(2)]
    points = np.unique(np.stack(columns, axis=1), axis=0)
    return either([in_box(box) for box in boxes_of(points, are_in(area, points))])


def boxes_of(points: NDArray[np.float64], wanted: NDArray[np.bool_]) -> list[Box]:
    """Return boxes that hold the wanted ones of different points (n, 2), latitude and longitude, and none else."""
    boxes = []
    pending = [(points, wanted)]
    while pending:
        some, are_wanted = pending.pop()
        if not are_wanted.any():
            continue
        south, west = some.min(axis=0)
        north, east = some.max(axis=0)
        if are_wanted.all():
            boxes.append(Box(float(south), float(north), ((float(west), float(east)),)))
            continue
        axis = int(east - west > north - south)
        left = some[:, axis] < _middle(some[:, axis])
        pending += [(some[left], are_wanted[left]), (some[~left], are_wanted[~left])]
    return boxes


def _middle(values: NDArray[np.float64]) -> float:
    """Return a value of several, not all the same, below which some are and some are not."""
    import numpy as np

    different = np.unique(values)
    return float(different[len(different) // 2])
