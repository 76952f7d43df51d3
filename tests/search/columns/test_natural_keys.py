"""Tests of search.columns.natural_keys: the order of plain texts is that of the lists of search.query.sorting."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from search.columns.natural_keys import path_key
from search.query.sorting import natural_key

PIECES = (
    "",
    "0",
    "00",
    "1",
    "01",
    "2",
    "10",
    "010",
    "a",
    "A",
    "b",
    "aa",
    "-",
    " ",
    "\u0661",
    "\udcff",
    "\x01",
    "\U0001f600",
    "9" * 300,
)


def test_keys_compare_as_the_lists_do() -> None:
    chance = random.Random(2)
    names = ["".join(chance.choices(PIECES, k=chance.randrange(1, 5))) for _ in range(150)]
    names = [name for name in names if name]
    paths = ["/".join(chance.choices(names, k=chance.randrange(1, 4))) for _ in range(200)] + names
    keyed = [(natural_key(Path(path)), path_key(Path(path).parts)) for path in paths]
    for (lists, text), (other_lists, other_text) in itertools.combinations(keyed, 2):
        assert (lists < other_lists) == (text < other_text) and (lists == other_lists) == (text == other_text)
