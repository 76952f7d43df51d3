"""Searching: pictures that match, in order, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from search.query.quoted import split_quoted
from search.query.ranking import MOST
from server.api.models import LONGEST, FiltersBody, SearchBody, TermBody
from server.api.picture_records import Picture, picture_records
from server.api.ranked import cursor_at, ranked, row_of_cursor
from server.errors import problems
from server.opened.open_library import Opened, OpenLibrary

if TYPE_CHECKING:
    from search.library.library import Library

PAGE = 100  # hits, unless another number is asked for
MOST_HITS = 500
MOST_RANKED_FIRST = 200  # pictures: the first page of a search comes before its layout

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


class Found(BaseModel):
    """A part of a search's answer."""

    matching: int = Field(description="pictures that match; of a stack of copies one counts")
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
    return JSONResponse(await library.ask(lambda own: found(library, own, plain, body.limit, body.cursor)))


def found(library: OpenLibrary, own: Library, body: SearchBody, limit: int, cursor: str | None) -> dict[str, Any]:
    """Return a part of a search's answer as JSON."""
    few = MOST_RANKED_FIRST if (body.sort or "score") == "score" else MOST
    answer = ranked(library, own, body, few)
    first = row_of_cursor(body, answer.state, cursor) if cursor is not None else 0
    for most in (MOST, None):
        if not answer.ranking.is_whole and first + limit > len(answer.ranking):
            answer = ranked(library, own, body, most)
    ranking = answer.ranking
    after = first + limit
    is_more = after < len(ranking) or not ranking.is_whole
    return {
        "matching": ranking.matching,
        "weaker": ranking.weaker,
        "total": ranking.total,
        "lowest": answer.lowest,
        "understood": answer.asked.understood,
        "notes": list(answer.asked.notes),
        "hits": picture_records(own, ranking.hits(own, first, limit), ranking.lowest),
        "nearest": bool(body.terms) and not ranking.matching and len(ranking) > 0,
        "cursor": cursor_at(body, answer.state, min(after, len(ranking))) if is_more else None,
        "state": answer.state,
        "embedded": _all_embedded(library, own, answer.state),
    }


def _all_embedded(library: OpenLibrary, own: Library, state: str) -> bool:
    """Return whether every picture has an embedding by the model that answers."""

    def count() -> bool:
        pictures = own.store.db.execute("SELECT count(*) FROM images").fetchone()[0]
        return bool(pictures <= len(own.index))

    return library.rankings.get(state, "embedded", count, lambda made: 0)
