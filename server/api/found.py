"""A part of a search's answer: who asks over HTTP and who asks as an agent get the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from search.query.ranking import MOST
from server.api.models import SearchBody
from server.api.picture_records import Picture, picture_records
from server.api.ranked import Ranked, cursor_at, ranked, rows_of_cursor
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

MOST_QUICK = 100  # hits of a page that a quick look gives: it is of 200 pictures, some of which may be copies


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
