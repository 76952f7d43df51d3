"""The ranking that a body asks for, made once for all routes that are asked about it; where a page of it goes on."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.query.ranking import MOST, Ranking, rank
from server.api.asking import Asked, asked
from server.api.models import SearchBody
from server.errors import Refused
from server.opened.state import state_of

if TYPE_CHECKING:
    from search.library.library import Library
    from server.opened.open_library import OpenLibrary

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


def ranked(opened: OpenLibrary, library: Library, body: SearchBody, most: int | None = MOST) -> Ranked:
    """Return the ranking of `most` pictures that a body asks for, or of all; raises as `asked` and `rank` do."""
    state = state_of(library)

    def make() -> Ranked:
        meant = asked(library, body)
        return Ranked(meant, rank(library, meant.request, meant.passing, meant.order, most), state)

    key = (body.model_dump_json(), most if body.terms else None)
    return opened.rankings.get(state, key, make, lambda made: len(made.ranking))


def cursor_at(body: SearchBody, state: str, row: int) -> str:
    """Return what says where a ranking goes on."""
    text = json.dumps([state, _mark(body), row], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def row_of_cursor(body: SearchBody, state: str, cursor: str) -> int:
    """Return the row at which a ranking goes on.

    Raises InvalidRequest for what is no cursor of this search, Refused if the library has changed since.
    """
    try:
        of_state, mark, row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        mark = None
    if mark != _mark(body) or type(row) is not int or row < 0:
        raise InvalidRequest("This cursor is of another search; leave it out to begin at the start.")
    if of_state != state:
        raise Refused(410, CHANGED)
    return row


def _mark(body: SearchBody) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:16]
