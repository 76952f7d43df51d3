"""Cut texts longer than a model reads at sentences, clauses or words, so that nothing is silently lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# Characters of a text that is embedded: ten pages. The work of repairing odd Unicode, and of some tokenizers on a word
# without end, grows with their square.
LONGEST_TEXT = 20_000

Count = Callable[[Sequence[str]], list[int]]

# From the coarsest cut to the finest; punctuation stays with the text before it.
_CUTS = (
    re.compile(r"(?<=[.!?;…])\s+|(?<=[。！？；])\s*|\n+"),  # noqa: RUF001
    re.compile(r"(?<=[,:)\]\u2013\u2014])\s+|(?<=[，、：])\s*"),  # noqa: RUF001
    re.compile(r"\s+"),
)
_SPECIAL_TOKENS = 3  # start, end, and the one that some tokenizers put before the first word


def surely_fits(text: str, context: int) -> bool:
    """Say whether a text fits, whatever the tokenizer; False means "perhaps not".

    A token covers at least one byte. Bytes that are not ASCII count fourfold, since tokenizers normalise them, and so
    does "&", which may begin an HTML entity that they resolve.
    """
    ascii_characters = sum(character.isascii() and character != "&" for character in text)
    others = len(text.encode("utf-8", "surrogatepass")) - ascii_characters
    return ascii_characters + 4 * others + _SPECIAL_TOKENS <= context


def parts_of(text: str, context: int, count: Count) -> list[tuple[str, int]]:
    """Return a text in parts that fit, in order, each with its number of tokens without start and end.

    `count` returns the tokens of texts with start and end, `context` is how many of them the model reads. A text that
    fits is one part.
    """
    if surely_fits(text, context):
        return [(text, 1)]
    marks = count([""])[0]
    room = max(1, context - marks)
    (whole,) = count([text])
    if whole - marks <= room:
        return [(text, max(1, whole - marks))]
    return _cut(text.strip(), room, marks, count)


def _cut(text: str, room: int, marks: int, count: Count, level: int = 0) -> list[tuple[str, int]]:
    """Return a text cut into parts that each fit, as coarsely as possible, with neighbours joined again."""
    pieces = [piece for piece in _CUTS[level].split(text) if piece] if level < len(_CUTS) else _halves(text)
    done: list[tuple[str, int]] = []
    for piece, tokens in zip(pieces, count(pieces), strict=True):
        if tokens - marks <= room or len(piece) == 1:
            done.append((piece, max(1, tokens - marks)))
        else:
            done += _cut(piece, room, marks, count, min(level + 1, len(_CUTS)))
    return _packed(done, room, marks, count)


def _halves(text: str) -> list[str]:
    """Cut a word that is longer than the model reads."""
    middle = len(text) // 2
    return [text[:middle], text[middle:]]


def _packed(pieces: list[tuple[str, int]], room: int, marks: int, count: Count) -> list[tuple[str, int]]:
    """Join neighbouring pieces as long as they fit together."""
    parts: list[tuple[str, int]] = []
    for piece, tokens in pieces:
        if parts and parts[-1][1] + tokens <= room:
            joined = f"{parts[-1][0]} {piece}"
            # A tokenizer may need more tokens for two pieces joined than for each alone.
            (together,) = count([joined])
            if together - marks <= room:
                parts[-1] = joined, together - marks
                continue
        parts.append((piece, tokens))
    return parts
