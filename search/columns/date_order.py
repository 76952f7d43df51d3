"""The order of pictures by date: newest first, by the time on each camera's clock, those without a date last.

Dates are texts of up to 19 signs that count (search/query/sorting.py), and are compared as such, whatever they hold:
as three whole numbers of eight letters each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.query.sorting import WALL_CLOCK

LETTERS = 24  # at least WALL_CLOCK, and whole words of 8

Words = NDArray[np.uint64]


def date_words(dates: Sequence[Any]) -> Words:
    """Return dates as words (n, 3) that compare as they do; zeros for what is no text."""
    texts = [date[:WALL_CLOCK] if type(date) is str else "" for date in dates]
    try:
        letters = np.array(texts, dtype=f"S{LETTERS}")
    except UnicodeEncodeError:  # no date, but it sorts
        letters = np.array([text.encode()[:LETTERS] for text in texts], dtype=f"S{LETTERS}")
    return letters.view(">u8").reshape(-1, LETTERS // 8).astype(np.uint64)


def newest_first(words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows (n,) by falling date, and the number of the date of each of these, from 0 on (n,)."""
    falling = ~words
    order = np.lexsort((falling[:, 2], falling[:, 1], falling[:, 0]))
    ordered = words[order]
    differs = np.any(ordered[1:] != ordered[:-1], axis=1)
    return order, np.concatenate([np.zeros(min(1, len(order)), np.int64), np.cumsum(differs)])


def settled(
    order: NDArray[np.int64], dates: NDArray[np.int64], tied: NDArray[np.bool_], ranks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return an order in which rows of one date stand by their ranks; `tied` says where in it there are such (n,)."""
    result = order.copy()
    rows = order[tied]
    result[tied] = rows[np.lexsort((ranks[rows], dates[tied]))]
    return np.asarray(result, dtype=np.int64)


def ties(dates: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return at which places of an order the date is that of the place before or after (n,)."""
    same = dates[1:] == dates[:-1]
    no = np.zeros(min(1, len(dates)), bool)
    return np.asarray(np.concatenate([no, same]) | np.concatenate([same, no]), dtype=np.bool_)
