"""Searching: pictures that match, in order, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from search.query.quoted import split_quoted
from search.query.ranking import MOST
from server.api.models import LONGEST, FiltersBody, SearchBody, TermBody
from server.api.picture_records import Picture, picture_records
from server.api.ranked import Ranked, cursor_at, ranked, rows_of_cursor
from server.errors import problems
from server.opened.open_library import Opened, OpenLibrary
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.library.library import Library

PAGE = 100  # hits, unless another number is asked for
MOST_HITS = 500
MOST_QUICK = 100  # hits of a page that a quick look gives: it is of 200 pictures, some of which may be copies

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


class Found(BaseModel):
    """A part of a search's answer."""

    matching: int = Field(description="pictures that match; of a stack of copies one counts")
    counted: bool = Field(description="whether that is their number; else it is of the 200 nearest alone")
    weaker: int = Field(description="pictures that were ranked behind them")
    total: int = Field(description="pictures that pass the filters")
    lowest: float | None = Field(description="the lowest score that matches, if there is such a number")
    understood: str = Field(description="what was searched for, in words")
    notes: list[str] = Field(description="what a person should know of this search, a sentence each")
    hits: list[Picture]
    nearest: bool = Field(description="whether nothing matches, and these are the nearest")
    cursor: str | None = Field(description="to go on behind these; null at the end")
    state: str = Field(description="of the library; it is another one when that has changed")
    embedded: bool = Field(description="whether all pictures can be found yet; false while a run goes on")


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


def found(
    library: OpenLibrary, own: Library, body: SearchBody, limit: int, cursor: str | None, counted: bool = False
) -> dict[str, Any]:
    """Return a part of a search's answer as JSON."""
    state = state_of(own)
    first, quick = (0, 0) if cursor is None else rows_of_cursor(body, state, cursor)
    is_quick = cursor is None and not counted and _has_quick_page(own, body, limit)
    if is_quick:
        answer, row = ranked(library, own, body, quick=True), 0
    else:
        answer, row = _page(library, own, body, first, limit, quick)
    ranking, after = answer.ranking, first + limit
    is_more = row + limit < len(ranking) or not ranking.is_whole
    return {
        "matching": ranking.matching,
        "counted": ranking.is_counted,
        "weaker": ranking.weaker,
        "total": ranking.total,
        "lowest": answer.lowest,
        "understood": answer.asked.understood,
        "notes": list(answer.asked.notes),
        "hits": picture_records(own, ranking.hits(own, row, limit), ranking.lowest),
        "nearest": bool(body.terms) and not ranking.matching and len(ranking) > 0,
        "cursor": cursor_at(body, answer.state, after, limit if is_quick else quick) if is_more else None,
        "state": answer.state,
        "embedded": _all_embedded(library, own, answer.state),
    }


def _has_quick_page(own: Library, body: SearchBody, limit: int) -> bool:
    """Return whether the first page may come of a quick look: of a large library, whose best are to be shown."""
    by_score = bool(body.terms) and body.sort in (None, "score")
    return by_score and limit <= MOST_QUICK and not own.index.is_exact


def _page(
    library: OpenLibrary, own: Library, body: SearchBody, first: int, limit: int, quick: int
) -> tuple[Ranked, int]:
    """Return a ranking that is long enough for a page, and the row in it at which that begins.

    Of what the quick ranking has shown nothing comes again.
    """
    shown = ranked(library, own, body, quick=True).ranking.ids[:quick] if quick else None
    for most in (MOST, None):
        answer = ranked(library, own, body, most)
        if answer.ranking.is_whole or first + limit <= len(answer.ranking):
            break
    return (answer, first) if shown is None else (replace(answer, ranking=answer.ranking.without(shown)), first - quick)


def _all_embedded(library: OpenLibrary, own: Library, state: str) -> bool:
    """Return whether every picture has an embedding by the model that answers."""

    def count() -> bool:
        pictures = own.store.db.execute("SELECT count(*) FROM images").fetchone()[0]
        return bool(pictures <= len(own.index))

    return library.rankings.get(state, "embedded", count, lambda made: 0)
