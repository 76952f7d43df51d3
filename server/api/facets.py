"""Facets: how many pictures of an answer there are in each folder, year, month, place and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from indexer.store.labels import label_sets
from search.facets.counts import (
    count_cameras,
    count_folders,
    count_known,
    count_types,
    count_years,
)
from search.filters.subtrees import parse_subtree
from search.query.ranking import MOST
from server.api.models import LONGEST, SearchBody
from server.api.ranked import ranked
from server.http_errors import problems
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.columns.columns import Columns, Mask
    from search.library.library import Library

FEW = 50_000  # pictures, at most, whose places and labels are looked up while someone waits

router = APIRouter(tags=["search"])


class FacetSearch(SearchBody):
    """A search, and below which folder others are counted."""

    below: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None, description="ROOTID:relative/path of the folder whose folders are counted; null for the roots"
    )


class FolderFacet(BaseModel):
    """Pictures in and below a folder."""

    id: str
    name: str
    count: int
    has_more: bool = Field(description="whether folders in it have some of them")


class Named(BaseModel):
    """Pictures that have something of a name."""

    name: str
    count: int


class Month(BaseModel):
    """Pictures of a month."""

    month: str
    count: int


class Year(BaseModel):
    """Pictures of a year, also those of which no more than that is known."""

    year: int
    count: int
    months: list[Month]


class LabelCount(BaseModel):
    """Pictures with a label."""

    label: str = Field(alias="class")
    count: int


class LabelFacet(BaseModel):
    """Pictures by the labels of a set."""

    id: int
    set: str
    classes: list[LabelCount]


class KnownFacet(BaseModel):
    """Pictures of which something is known, and the others."""

    yes: int
    no: int


class Facets(BaseModel):
    """Counts over the pictures that match, or over all that pass where nothing is searched for."""

    total: int
    folders: list[FolderFacet]
    years: list[Year] = Field(description="the latest first")
    cameras: list[Named]
    types: list[Named] = Field(description="by the names that the filter takes")
    labels: list[LabelFacet]
    dated: KnownFacet
    placed: KnownFacet
    countries: list[Named]
    places: list[Named] = Field(description="those with the most pictures")
    pending: list[str] = Field(description="what is still being read, labels or places, and empty until it is there")


@router.post("/facets", response_model=Facets, responses=problems(400, 409, 410, 422, 503))
async def facets(library: Opened, body: FacetSearch) -> Response:
    """Return counts over an answer."""
    plain = SearchBody(**{name: getattr(body, name) for name in SearchBody.model_fields})
    return JSONResponse(await library.work(lambda own: _counted(library, own, plain, body.below)))


def _counted(opened: OpenLibrary, library: Library, body: SearchBody, below: str | None) -> dict[str, Any]:
    """Return the counts as JSON."""
    folder = None if below is None else parse_subtree(below)
    columns = opened.columns.of(library.store)
    mask = ranked(opened, library, body, MOST if body.terms else None).matching_mask(columns)
    labels, labels_wait = _labels(opened, library, columns, mask)
    places, places_wait = _places(opened, columns, mask)
    return {
        "total": len(columns) if mask is None else int(np.count_nonzero(mask)),
        "folders": [
            {"id": one.id, "name": one.name, "count": one.count, "has_more": one.has_more}
            for one in count_folders(columns, mask, folder)
        ],
        "years": [
            {"year": one.year, "count": one.count, "months": _pairs(one.months, "month")}
            for one in count_years(columns, mask)
        ],
        "cameras": _pairs(count_cameras(columns, mask), "name"),
        "types": _pairs(count_types(columns, mask), "name"),
        "labels": labels,
        "dated": _known(columns.dated, mask),
        "placed": _known(columns.placed, mask),
        "countries": _pairs(places[0], "name"),
        "places": _pairs(places[1], "name"),
        "pending": [name for name, waits in (("labels", labels_wait), ("places", places_wait)) if waits],
    }


def _labels(
    opened: OpenLibrary, library: Library, columns: Columns, mask: Mask | None
) -> tuple[list[dict[str, Any]], bool]:
    """Return the counts of all label sets, and whether some are still being read."""
    found, waits = [], False
    for one in label_sets(library.store):
        if len(columns) > FEW and not opened.columns.labels_are_ready(library.store, columns, one.id):
            opened.prepare(_reading(opened, one.id))
            waits = True
            continue
        counts = opened.columns.labels(library.store, columns, one.id).counts(mask)
        found.append({"id": one.id, "set": one.name, "classes": _pairs(counts, "class")})
    return found, waits


def _reading(opened: OpenLibrary, label_set: int) -> Callable[[Library], object]:
    """Return what reads the labels of a set."""
    return lambda own: opened.columns.labels(own.store, opened.columns.of(own.store), label_set)


def _places(
    opened: OpenLibrary, columns: Columns, mask: Mask | None
) -> tuple[tuple[dict[str, int], dict[str, int]], bool]:
    """Return the counts of countries and places, and whether they are still being found."""
    if len(columns) > FEW and not opened.places.are_ready(columns):
        opened.prepare(lambda own: opened.places.of(opened.columns.of(own.store)))
        return ({}, {}), True
    counts = opened.places.of(columns).counts(mask)
    return counts, opened.place_names.progress == "coming" and bool(columns.placed.any())


def _known(known: Mask, mask: Mask | None) -> dict[str, int]:
    counts = count_known(known, mask)
    return {"yes": counts.yes, "no": counts.no}


def _pairs(counts: dict[str, int], name: str) -> list[dict[str, Any]]:
    return [{name: key, "count": count} for key, count in counts.items()]
