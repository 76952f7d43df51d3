"""Quoted parts of a query's text: 'beach "2019"' asks for "beach" among the pictures with "2019" in their path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import punctuation

from indexer.errors import InvalidRequest

# Each opening mark with what closes it, as people and their keyboards write them in several languages. Single ones are
# apostrophes.
_MARKS = {
    '"': '"\u201c\u201d',
    "\u201c": '\u201d"',
    "\u201e": '\u201c\u201d"',
    "\u201d": '\u201d"',
    "\u201f": '\u201d"',
}
_MARKS |= {"\u00ab": "\u00bb", "\u00bb": "\u00ab\u00bb"}
# What follows a letter or number is none that opens: 12" are inches.
_OPENING = re.compile(rf"(?<!\w)[{''.join(_MARKS)}]")
_CLOSING = {opening: re.compile(f"[{closing}]") for opening, closing in _MARKS.items()}


def split_quoted(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return a text without its quoted parts, None if no word is left, and these without their marks.

    A text without quoted parts stays as it is. Raises InvalidRequest if nothing is between two marks.
    """
    spans = list(_spans(text))
    if not spans:
        return text, ()
    found = [text[start + 1 : end - 1] for start, end in spans]
    if not all(part.strip() for part in found):
        raise InvalidRequest(
            "There is nothing between two quotes in the query; put a part of a file's or folder's name there, such as"
            ' beach "2019", or leave them out.'
        )
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    rest = " ".join(" ".join(text[end:start] for end, start in zip(ends, starts, strict=True)).split())
    return (rest if rest.strip(f"{punctuation} ") else None), tuple(found)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each quoted part begins and ends, with its marks; in a time that grows as the text does."""
    end = 0
    unclosed: set[str] = set()
    for opening in _OPENING.finditer(text):
        if opening.start() < end or opening[0] in unclosed:
            continue
        if (closing := _CLOSING[opening[0]].search(text, opening.end())) is None:
            unclosed.add(opening[0])  # nor will one close the next of them
        else:
            end = closing.end()
            yield opening.start(), end
