"""Layouts: every picture of an answer as an id, an aspect byte and a score, so that a page lays a million out exactly.

The answer is binary, little-endian: the length of a JSON head (uint32), the head, padded with spaces to whole words,
then the ids (uint32), the scores (uint16, only where `scored`: a cosine c is round((c + 1) / 2 * 65535)) and the
aspects (uint8: round(128 + 32 * log2(width / height))).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from search.columns.aspects import aspect_bytes
from search.columns.buckets import Bucket, by_folder, by_month, by_score
from search.query.ranking import MOST
from server.api.binary import binary, packed
from server.api.models import SearchBody
from server.api.ranked import Ranked, ranked
from server.http_errors import problems
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.columns.columns import Columns
    from search.library.library import Library

MOST_RANKED = 2_000_000

router = APIRouter(tags=["search"])


class LayoutSearch(SearchBody):
    """A search, and how many pictures are laid out."""

    most: Annotated[int, Field(ge=1, le=MOST_RANKED)] | None = Field(
        default=MOST, description="how many are ranked by terms, at most; null for all. Without terms all are laid out"
    )


class Run(BaseModel):
    """Rows that follow one another and have something in common."""

    label: str
    first: int
    count: int


class LayoutHead(BaseModel):
    """What the head of a layout says."""

    count: int = Field(description="rows")
    matching: int = Field(description="pictures that match, which come first; more than rows if not all are ranked")
    total: int = Field(description="pictures that pass the filters")
    complete: bool = Field(description="whether all of these are among the rows, by themselves or as copies")
    scored: bool
    sort: Literal["score", "date", "path"]
    lowest: float | None
    state: str
    stacks: dict[str, list[int]] = Field(description="by the id of a row: the copies behind it, best first")
    buckets: list[Run]


@router.post("/layout", response_class=Response, responses=binary(__doc__) | problems(400, 409, 410, 422, 503))
async def layout(library: Opened, body: LayoutSearch) -> Response:
    """Return every picture of an answer, in order, as arrays."""
    plain = SearchBody(**{name: getattr(body, name) for name in SearchBody.model_fields})
    return await library.work(lambda own: packed(*_laid_out(library, own, plain, body.most)))


def _laid_out(
    opened: OpenLibrary, library: Library, body: SearchBody, most: int | None
) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Return the head and the arrays."""
    answer = ranked(opened, library, body, most if body.terms else None)
    columns, ranking = opened.columns.of(library.store), answer.ranking
    rows = columns.places(ranking.ids)  # -1 for what came or went while this was made
    aspects = np.where(rows >= 0, columns.aspects[rows] if len(columns) else 0, aspect_bytes(_ONE, _ONE)[0])
    head = {
        "count": len(ranking),
        "matching": ranking.matching,
        "total": ranking.total,
        "complete": ranking.is_whole,
        "scored": ranking.scores is not None,
        "sort": answer.asked.order,
        "lowest": answer.lowest,
        "state": answer.state,
        "stacks": {str(image): [one for one, _ in copies] for image, copies in ranking.copies.items()},
        "buckets": [bucket.as_json for bucket in _buckets(answer, columns, rows)],
    }
    arrays = [ranking.ids.astype("<u4")]
    if ranking.scores is not None:
        arrays.append(np.round((np.clip(ranking.scores, -1, 1) + 1) / 2 * 65535).astype("<u2"))
    return head, [*arrays, aspects.astype("u1")]


_ONE = np.ones(1, dtype=np.int64)


def _buckets(answer: Ranked, columns: Columns, rows: np.ndarray[Any, Any]) -> list[Bucket]:
    """Return runs of rows: those that match by what they are sorted by, the weaker ones by score."""
    ranking, order = answer.ranking, answer.asked.order
    if ranking.scores is None:
        return by_folder(columns, rows) if order == "path" else by_month(columns, rows)
    if order == "score":
        return by_score(ranking.scores, 0)
    first = min(ranking.matching, len(ranking))
    matching = by_folder(columns, rows[:first]) if order == "path" else by_month(columns, rows[:first])
    return [*matching, *by_score(ranking.scores[first:], first)]
