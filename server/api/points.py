"""Pictures as points: on the map, by where they were taken, and in the plane, by what they show.

Both answers are binary, little-endian: the number of points (uint32), the ids (uint32), and two numbers of each point
(float32): all latitudes and all longitudes, or all x and all y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

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

FEW = 50_000  # pictures, at most, whose plane is made while someone waits

router = APIRouter(tags=["search"])


@router.post("/map", response_class=Response, responses=binary(__doc__) | problems(400, 409, 410, 422, 503))
async def on_map(library: Opened, body: SearchBody) -> Response:
    """Return where the pictures that match were taken; without terms, those that pass."""
    return await library.work(lambda own: _on_map(library, own, body))


class PlaneProgress(BaseModel):
    """How far the plane is, in embeddings that were read; most are read twice."""

    done: int
    total: int = Field(description="0 while that is not known yet")


MAKING: dict[int | str, dict[str, Any]] = {
    202: {"model": PlaneProgress, "description": "It is being made, for as long as someone asks again; it is kept then"}
}


@router.post("/plane", response_class=Response, responses=binary(__doc__) | MAKING | problems(400, 409, 410, 422, 503))
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
    if len(opened.columns.of(library.store)) > FEW and not opened.plane.is_ready(library.store, library.model):
        making = opened.plane_making
        making.ask()
        opened.prepare(lambda own: making.make(lambda progress: opened.plane.of(own.store, own.model, progress)))
        return JSONResponse({"done": making.done, "total": making.total}, 202)
    plane = opened.plane.of(library.store, library.model)
    ids, points = (plane.ids, plane.points) if passing.ids is None else plane.of(passing.ids)
    arrays = [ids.astype("<u4"), points[:, 0].astype("<f4"), points[:, 1].astype("<f4")]
    return counted(arrays, {"X-Explained": f"{plane.axes.explained:.4f}"})
