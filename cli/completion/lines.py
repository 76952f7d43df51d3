"""A command line of bash up to the cursor: which word is being typed, and what bash would put in its place.

Bash replaces only what follows the last ":" or "=" of a word, or its opening quote, and puts in what it gets as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACES = " \t\n"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A command line of which the last word is being typed."""

    before: str  # the line up to that word
    word: str  # as it stands there, with its quotes
    replaced: int  # where in the word begins what bash replaces
    quote: str = ""  # that is open at its end

    def completed(self, value: str) -> str | None:
        """Return what takes the place of the replaced part for a value; None if the word begins otherwise than it."""
        option = re.match(r"--[\w-]+=", self.word)
        head = option[0] if option else ""
        whole = head + (self.quote + _in_quotes(value, self.quote) if self.quote else _escaped(value))
        return whole[self.replaced :] if whole[: self.replaced] == self.word[: self.replaced] else None


def unfinished(line: str, breaks: str) -> Unfinished:
    """Return a line's last word, which may be empty; `breaks` are the characters at which bash breaks words."""
    start = replaced = 0
    quote = ""
    position = 0
    while position < len(line):
        letter = line[position]
        if letter == "\\" and quote != "'":
            position += 1
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote, replaced = letter, position + 1
        elif letter in _SPACES:
            start = replaced = position + 1
        elif letter in breaks:
            replaced = position + 1
        position += 1
    return Unfinished(line[:start], line[start:], replaced - start, quote)


def _escaped(value: str) -> str:
    """Return a value as it is typed without quotes."""
    return re.sub(r"[^\w@%+:,./=-]", r"\\\g<0>", value)


def _in_quotes(value: str, quote: str) -> str:
    """Return a value as it is typed within quotes."""
    return value.replace("'", "'\\''") if quote == "'" else re.sub(r'[\\"$`]', r"\\\g<0>", value)
