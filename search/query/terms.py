"""What a query consists of: texts and pictures, each with a weight, negative for what is not wanted.

In `--plus`, `--minus`, `--like` and `--unlike` a final ":NUMBER" is the weight; in TEXT it never is. A text that itself
ends in one needs a weight after it: "ratio 16:9:1". A picture's file that exists under the whole name is that file.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from os import PathLike
from pathlib import Path

from indexer.arguments import path_of, several, shown, text_of
from indexer.errors import InvalidRequest
from indexer.paths import is_utf8
from search.texts.long_texts import LONGEST_TEXT

MAX_WEIGHT = 100.0
_WEIGHT = re.compile(r"(?P<item>.*):(?P<weight>[0-9]+(\.[0-9]+)?|\.[0-9]+)", re.DOTALL)
_MEANT_AS_WEIGHT = re.compile(r".*:([-+]([0-9]+([.,][0-9]+)?|[.,][0-9]+)|[0-9]*,[0-9]+)", re.DOTALL)

Weighted = str | tuple[str, float]
WeightedPath = str | PathLike[str] | tuple[str | PathLike[str], float]


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: a text, a picture's file, a picture of the library by its id, or an embedding."""

    text: str | None = None
    picture: Path | None = None
    weight: float = 1.0  # negative for what is not wanted; 0 < abs(weight) <= MAX_WEIGHT
    image: int | None = None  # whose stored embedding is taken, without a look at its file
    vector: tuple[float, ...] | None = None  # of length 1, by the library's model

    def __post_init__(self) -> None:
        """Raise InvalidRequest for a term that can't be searched with."""
        if sum(part is not None for part in (self.text, self.picture, self.image, self.vector)) != 1:
            raise InvalidRequest("A term of a query is either a text or a picture.")
        if self.text is not None and not self.text.strip():
            raise InvalidRequest("The query is empty; ask for something, such as: clipsearch query red envelope")
        if self.text is not None and len(self.text) > LONGEST_TEXT:
            raise InvalidRequest(
                f"The text has {len(self.text):,} characters; ask for something in {LONGEST_TEXT:,} at most."
            )
        if self.text is not None and not is_utf8(self.text):
            raise InvalidRequest("The text is not valid UTF-8; check the terminal's encoding.")
        if self.picture is not None and "\0" in str(self.picture):
            raise InvalidRequest("No file's name has a NUL in it.")
        if not 0 < abs(self.weight) <= MAX_WEIGHT:  # also false for NaN
            raise InvalidRequest(f"A weight is a number above 0 and at most {MAX_WEIGHT:g}, not {self.weight:g}.")


@dataclass(frozen=True, slots=True)
class Query:
    """The terms of a query; at least one has a positive weight."""

    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        """Raise InvalidRequest for a query that asks for nothing."""
        if not self.terms:
            raise InvalidRequest("The query is empty; give a TEXT, --plus TEXT or --like PICTURE.")
        if all(term.weight < 0 for term in self.terms):
            raise InvalidRequest(
                "The query only says what is not wanted; say what is, with a TEXT, --plus TEXT or --like PICTURE."
            )

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts among the terms."""
        return tuple(term.text for term in self.terms if term.text is not None)


def make_query(
    text: str | None = None,
    plus: str | Iterable[Weighted] = (),
    minus: str | Iterable[Weighted] = (),
    like: str | PathLike[str] | Iterable[WeightedPath] = (),
    unlike: str | PathLike[str] | Iterable[WeightedPath] = (),
) -> Query:
    """Return a query of texts and pictures' files; an item is a text or file, or a pair of it and its weight.

    A single item may stand for a list of it. Nothing in a string is taken for a weight.

    Raises InvalidRequest for an empty text, a weight that is not above 0 and at most MAX_WEIGHT, or no positive term.
    """
    return Query(make_terms(text, plus, minus, like, unlike))


def make_terms(
    text: str | None,
    plus: str | Iterable[Weighted],
    minus: str | Iterable[Weighted],
    like: str | PathLike[str] | Iterable[WeightedPath],
    unlike: str | PathLike[str] | Iterable[WeightedPath],
) -> tuple[Term, ...]:
    """Return the terms of a query, none if nothing is given; else as make_query."""
    terms = [] if text is None else [Term(text_of(text, "text"))]
    for sign, name, items in ((1, "plus", plus), (-1, "minus", minus)):
        pairs = [_pair(item) for item in _each(items, name)]
        terms += [Term(text=text_of(value, name), weight=sign * weight) for value, weight in pairs]
    for sign, name, files in ((1, "like", like), (-1, "unlike", unlike)):
        pairs = [_pair(item) for item in _each(files, name)]
        terms += [Term(picture=path_of(value, name), weight=sign * weight) for value, weight in pairs]
    return tuple(terms)


def _each(items: str | PathLike[str] | Iterable[Weighted | WeightedPath], name: str) -> Sequence[object]:
    """Return the items; a single text or file, or one with its weight, is one item."""
    if isinstance(items, tuple) and len(items) == 2 and isinstance(items[1], Real):
        return [items]
    return several(items, name)


def _pair(item: object) -> tuple[object, float]:
    """Return an item with its weight, by default 1; raises InvalidRequest for anything else."""
    value, weight = item if isinstance(item, tuple) and len(item) == 2 else (item, 1.0)
    if not (isinstance(value, str | PathLike) and isinstance(weight, Real)):
        raise InvalidRequest(
            f"A part of a query is a text or a file, or a pair of it and its weight, not {shown(item)}."
        )
    number = float(weight)
    if not (math.isfinite(number) and number > 0):
        raise InvalidRequest(f"A weight is a number above 0 and at most {MAX_WEIGHT:g}, not {number:g}.")
    return value, number


def split_weight(value: str) -> tuple[str, float]:
    """Return the text before a final ":NUMBER", and the number; without one, the whole text and 1.

    Raises InvalidRequest for a weight of 0 or above MAX_WEIGHT, with a sign or a comma, or with nothing before it.
    """
    match = _WEIGHT.fullmatch(value)
    if match is None:
        if _MEANT_AS_WEIGHT.fullmatch(value):
            raise InvalidRequest(f"{value!r} does not end with a weight as in {_example(value)}; {_literally(value)}.")
        return value, 1.0
    item, weight = match["item"], float(match["weight"])
    if not 0 < weight <= MAX_WEIGHT:
        raise InvalidRequest(f"The weight in {value!r} is not above 0 and at most {MAX_WEIGHT:g}; {_literally(value)}.")
    if not item.strip():
        raise InvalidRequest(f"There is nothing before the weight in {value!r}; {_literally(value)}.")
    return item, weight


def split_file_weight(value: str) -> tuple[str, float]:
    """Return a picture's file and its weight as `split_weight` does, unless there is a file of the whole name."""
    return (value, 1.0) if _exists(value) else split_weight(value)


def _exists(value: str) -> bool:
    """Say whether there is a file of this name; a broken link is one."""
    try:
        return os.path.lexists(value) or os.path.lexists(Path(value).expanduser())
    except (ValueError, RuntimeError):  # a NUL byte; no such user
        return False


def _example(value: str) -> str:
    return repr(f"{value.rpartition(':')[0]}:0.5")


def _literally(value: str) -> str:
    return f"if no weight is meant, write {value + ':1'!r}"
