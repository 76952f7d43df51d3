"""The order in which hits are shown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Literal, get_args

from indexer.arguments import shown
from indexer.errors import InvalidRequest
from search.results import Hit

Order = Literal["score", "date", "path"]
ORDERS: tuple[Order, ...] = get_args(Order)
WALL_CLOCK = len("2021-07-04T15:30:00")  # the rest of `taken_at` is the offset from UTC


def sorted_hits(hits: Sequence[Hit], by: Order) -> list[Hit]:
    """Return hits by score (best first), date (newest first, those without one last) or path; the sort is stable.

    Of a hit with copies the best score counts. Dates are compared by the time on each camera's own clock, partial ones
    by their first moment, as the date filters do. Paths are in natural order, IMG_2 before IMG_10, and ignore case; a
    video's moments follow one another. Raises InvalidRequest for another order.
    """
    check_order(by)
    match by:
        case "score":
            return sorted(hits, key=_rank, reverse=True)
        case "date":
            return sorted(hits, key=lambda hit: (hit.taken_at or "")[:WALL_CLOCK], reverse=True)
        case "path":
            return sorted(hits, key=lambda hit: (natural_key(hit.path), str(hit.path), hit.at or 0.0))


def _rank(hit: Hit) -> float:
    """Return the score of the best copy of a hit."""
    return -math.inf if hit.best_score is None else hit.best_score


def check_order(by: object) -> None:
    """Raise InvalidRequest for what is no order."""
    if not isinstance(by, str) or by not in ORDERS:
        raise InvalidRequest(f"There is no order {shown(by)}; it is score, date or path.")


def natural_key(path: PurePath) -> list[list[tuple[int, str, str]]]:
    """Return a key that sorts paths folder by folder, and numbers in names by their value.

    Names that are not UTF-8 sort by their surrogates (PEP 383), after all letters.
    """
    return [[_part(part) for part in re.split(r"([0-9]+)", name.casefold())] for name in path.parts]


def _part(part: str) -> tuple[int, str, str]:
    """Return a key for digits, by their number (first its length without leading zeros), or for other text."""
    if part[:1].isdecimal() and part.isascii():
        digits = part.lstrip("0")
        return (len(digits), digits, "")
    return (0, "", part)
