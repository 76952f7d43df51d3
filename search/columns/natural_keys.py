"""Keys by which names sort naturally as plain texts do: IMG_2 before IMG_10, whatever the case.

They give the very order of search/query/sorting.py, which compares lists of lists, in a fraction of its time: a number
is written as its length and its digits, and a text ends with a sign that is less than any other.
"""

from __future__ import annotations

import re

NAME_ENDS = "\0"  # less than what else can follow a text or a number

_NUMBERS = re.compile(r"([0-9]+)")
_TEXT_ENDS = "\0"  # what follows a text is a number, or the end of the name


def name_key(name: str) -> str:
    """Return the key of the name of a file or folder."""
    parts = _NUMBERS.split(name.casefold())
    if len(parts) == 1:
        return parts[0] + _TEXT_ENDS
    parts[0::2] = [part + _TEXT_ENDS for part in parts[0::2]]
    parts[1::2] = [_number(part) for part in parts[1::2]]
    return "".join(parts)


def _number(digits: str) -> str:
    """Return the key of a number: one with more digits is greater, without those that say nothing."""
    digits = digits.lstrip("0")
    return chr(len(digits) + 1) + digits


def path_key(parts: list[str] | tuple[str, ...]) -> str:
    """Return the key of the parts of a path: folder by folder."""
    return "".join(name_key(part) + NAME_ENDS for part in parts)
