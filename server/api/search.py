"""Searching over HTTP: pictures that match, in order, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from search.query.quoted import split_quoted
from server.api.found import Found, found
from server.api.models import LONGEST, FiltersBody, SearchBody, TermBody
from server.http_errors import problems
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.library.library import Library

PAGE = 100  # hits, unless another number is asked for
MOST_HITS = 500

router = APIRouter(tags=["search"])
Limit = Annotated[int, Field(ge=1, le=MOST_HITS, description="how many hits")]
Few = Annotated[list[Annotated[str, Field(max_length=LONGEST)]], Query(max_length=20)]
Short = Annotated[str | None, Query(max_length=LONGEST)]


class PagedSearch(SearchBody):
    """A search, and which part of its answer is wanted."""

    limit: Limit = PAGE
    cursor: Annotated[str, Field(max_length=400)] | None = Field(
        default=None, description="of the answer before, to go on behind it"
    )
    counted: bool = Field(
        default=False, description="whether the first page waits until all that match are counted, in a large library"
    )


class Known(BaseModel):
    """Whether a text can be answered while it is typed."""

    known: bool


@router.post("/search", response_model=Found, responses=problems(400, 409, 410, 422, 503))
async def search(library: Opened, body: PagedSearch) -> Response:
    """Return the pictures that match, best first, and the weaker ones behind them."""
    return await _answer(library, body)


@router.get("/search", response_model=Found, responses=problems(400, 409, 410, 422, 503))
async def plain_search(
    library: Opened,
    q: Short = None,
    after: Short = None,
    before: Short = None,
    near: Short = None,
    radius: Short = None,
    camera: Few = [],  # noqa: B006  # FastAPI copies it
    label: Few = [],  # noqa: B006
    type: Few = [],  # noqa: B006
    named: Few = [],  # noqa: B006
    folder: Few = [],  # noqa: B006
    sort: Literal["score", "date", "path"] | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = PAGE,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Return the same for one text and plain filters."""
    filters = FiltersBody(
        folders=folder,
        after=after,
        before=before,
        near=near,
        radius=radius,
        cameras=camera,
        labels=label,
        types=type,
        named=named,
    )
    terms = [TermBody(text=q)] if q else []
    return await _answer(library, PagedSearch(terms=terms, filters=filters, sort=sort, limit=limit, cursor=cursor))


@router.get("/known", response_model=Known, responses=problems(400, 422, 503))
async def known(library: Opened, q: Annotated[str, Query(max_length=LONGEST)]) -> Response:
    """Say whether a text can be searched for without loading a model, and so while it is typed."""

    def look(own: Library) -> bool:
        text, _ = split_quoted(q)
        if text is None or not text.strip():
            return True
        return own.embeds_quickly(list(dict.fromkeys(own.reader.prompts_of(text).texts)))

    return JSONResponse({"known": await library.ask(look)})


async def _answer(library: OpenLibrary, body: PagedSearch) -> Response:
    plain = SearchBody(**{name: getattr(body, name) for name in SearchBody.model_fields})
    return JSONResponse(
        await library.ask(lambda own: found(library, own, plain, body.limit, body.cursor, body.counted))
    )
