"""Quoted parts of a query's text: 'beach "2019"' asks for "beach" among the pictures with "2019" in their path."""

from __future__ import annotations

import re
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
_QUOTED = re.compile("|".join(rf"(?<!\w){opening}([^{closing}]*)[{closing}]" for opening, closing in _MARKS.items()))


def split_quoted(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return a text without its quoted parts, None if no word is left, and these without their marks.

    A text without quoted parts stays as it is. Raises InvalidRequest if nothing is between two marks.
    """
    found = [next(filter(None, match.groups()), "") for match in _QUOTED.finditer(text)]
    if not found:
        return text, ()
    if not all(part.strip() for part in found):
        raise InvalidRequest(
            "There is nothing between two quotes in the query; put a part of a file's or folder's name there, such as"
            ' beach "2019", or leave them out.'
        )
    rest = " ".join(_QUOTED.sub(" ", text).split())
    return (rest if rest.strip(f"{punctuation} ") else None), tuple(found)
