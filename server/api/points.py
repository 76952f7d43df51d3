"""Pictures as points: on the map, by where they were taken, and in the plane, by what they show.

Both answers are binary, little-endian: the number of points (uint32), the ids (uint32), and two numbers of each point
(float32): all latitudes and all longitudes, or all x and all y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from fastapi import APIRouter
from fastapi.responses import Response

from search.query.ranking import MOST
from server.api.asking import asked
from server.api.binary import binary, counted
from server.api.models import SearchBody
from server.api.ranked import ranked
from server.http_errors import problems
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.library.library import Library

router = APIRouter(tags=["search"])


@router.post("/map", response_class=Response, responses=binary(__doc__) | problems(400, 409, 410, 422, 503))
async def on_map(library: Opened, body: SearchBody) -> Response:
    """Return where the pictures that match were taken; without terms, those that pass."""
    return await library.work(lambda own: _on_map(library, own, body))


@router.post("/plane", response_class=Response, responses=binary(__doc__) | problems(400, 409, 410, 422, 503))
async def in_plane(library: Opened, body: SearchBody) -> Response:
    """Return the pictures that pass the filters in the two directions in which the library differs most.

    The header X-Explained says what share of the variance that is. It is found once, and takes seconds for a million.
    """
    return await library.work(lambda own: _in_plane(library, own, body))


def _on_map(opened: OpenLibrary, library: Library, body: SearchBody) -> Response:
    answer = ranked(opened, library, body, MOST if body.terms else None)
    columns = opened.columns.of(library.store)
    mask = answer.matching_mask(columns)
    rows = np.flatnonzero(columns.placed if mask is None else columns.placed & mask)
    places = (columns.latitudes[rows].astype("<f4"), columns.longitudes[rows].astype("<f4"))
    return counted([columns.ids[rows].astype("<u4"), *places])


def _in_plane(opened: OpenLibrary, library: Library, body: SearchBody) -> Response:
    passing = asked(library, body).passing
    plane = opened.plane.of(library.store, library.model)
    ids, points = (plane.ids, plane.points) if passing.ids is None else plane.of(passing.ids)
    arrays = [ids.astype("<u4"), points[:, 0].astype("<f4"), points[:, 1].astype("<f4")]
    return counted(arrays, {"X-Explained": f"{plane.axes.explained:.4f}"})
