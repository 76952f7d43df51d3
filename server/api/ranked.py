"""The ranking that a body asks for, made once for all routes that are asked about it; where a page of it goes on."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InvalidRequest
from search.query.cutoff import ALL_MATCH
from search.query.first_listed import newest_hits
from search.query.ranking import MOST, Ranking, rank
from server.api.asking import Asked, asked
from server.api.models import SearchBody
from server.errors import Refused
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.columns.columns import Columns, Mask
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

FIRST = 500  # pictures of a page, before the columns are there
CHANGED = "The library has changed since this search began; search again."


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was asked for, its ranking, and the state of the library that both are of."""

    asked: Asked
    ranking: Ranking
    state: str

    @property
    def lowest(self) -> float | None:
        """The lowest score that matches; None if there is no such number."""
        return self.ranking.lowest if math.isfinite(self.ranking.lowest) else None

    def matching_mask(self, columns: Columns) -> Mask | None:
        """Return which pictures match, by the rows of columns; without terms those that pass. None if all do."""
        ranking = self.ranking
        if ranking.scores is None or (ranking.matching > len(ranking) and ranking.all_matching is None):
            return columns.mask(self.asked.passing)
        ids = ranking.ids[: ranking.matching] if ranking.all_matching is None else ranking.all_matching
        mask = np.zeros(len(columns), dtype=bool)
        mask[columns.rows(ids)] = True
        return mask


def ranked(
    opened: OpenLibrary, library: Library, body: SearchBody, most: int | None = MOST, *, quick: bool = False
) -> Ranked:
    """Return the ranking of `most` pictures that a body asks for, or of all; raises as `asked` and `rank` do.

    With `quick`, which needs terms, it is of a few (search/query/ranking.py).
    Without terms it is of all as soon as the columns are there, and else, unless all are asked for, of the first few.
    """
    state = state_of(library)
    is_whole = most is None or (not body.terms and opened.columns.are_ready(library.store))

    def make() -> Ranked:
        meant = asked(library, body)
        if meant.request.query is not None:
            ranking = rank(library, meant.request, meant.passing, meant.order, most, quick=quick)
            return Ranked(meant, ranking, state)
        return Ranked(meant, _listed(opened, library, meant, is_whole), state)

    key = (body.model_dump_json(), "quick" if quick else None if is_whole else most)
    return opened.rankings.get(state, key, make, lambda made: made.ranking.held)


def _listed(opened: OpenLibrary, library: Library, meant: Asked, is_whole: bool) -> Ranking:
    """Return the pictures that pass, by date or path; where the columns are not there yet, the newest."""
    if is_whole or meant.order == "path":
        columns = opened.columns.of(library.store)
        mask = columns.mask(meant.passing)
        if meant.order == "path":
            ordered = opened.columns.by_path(library.store, columns).astype(np.int64)
            rows = ordered if mask is None else ordered[mask[ordered]]
        else:
            rows = columns.by_date(mask)
        ids = columns.ids[rows].astype(np.int64)
        return Ranking(ids, None, len(ids), ALL_MATCH, len(ids), True)
    opened.read_columns()
    ids = np.array([hit.id for hit in newest_hits(library.store, meant.passing, FIRST)], dtype=np.int64)
    total = meant.passing.count
    if total is None:
        total = int(library.store.db.execute("SELECT count(*) FROM images").fetchone()[0])
    return Ranking(ids, None, total, ALL_MATCH, total, len(ids) >= total)


def cursor_at(body: SearchBody, state: str, row: int, quick: int) -> str:
    """Return what says where a ranking goes on, and how many rows before were of the quick one."""
    text = json.dumps([state, _mark(body), row, quick], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def rows_of_cursor(body: SearchBody, state: str, cursor: str) -> tuple[int, int]:
    """Return the row at which a ranking goes on, and how many rows before were of the quick one.

    Raises InvalidRequest for what is no cursor of this search, Refused if the library has changed since.
    """
    try:
        of_state, mark, row, quick = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        mark = None
    if mark != _mark(body) or type(row) is not int or type(quick) is not int or not 0 <= quick <= row:
        raise InvalidRequest("This cursor is of another search; leave it out to begin at the start.")
    if of_state != state:
        raise Refused(410, CHANGED)
    return row, quick


def _mark(body: SearchBody) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:16]
