"""What is wrong with rows of embeddings: counted to the end, so that one sentence says how much, and what to do."""

from __future__ import annotations

from collections import Counter
from typing import NoReturn

from indexer.errors import SourceError
from indexer.paths import readable

REFUSED = {  # in the order of what is said first; {rows} have, and one example
    "not finite": "hold NaN or infinite numbers, the first in {example}; compute these again, or leave the rows out.",
    "zero": "have only zeros, the first in {example}, and so no direction; compute these again, or leave the rows out.",
    "length": "do not have the length 1, the first in {example}; if they are of the model all the same, --normalize"
    " scales them.",
    "no path": "have no path; each row needs one, by which its picture is known.",
    "url": "have URLs for paths, such as {example}, which a library in a folder can't hold; make a data-set library"
    " with --store lance.",
    "relative": "have relative paths, such as {example}; say with --root what they start from.",
    "outside": "have paths that are below no folder of the library, such as {example}; name one that all are below with"
    " --root.",
    "twice": "are of a picture that an earlier row has with another embedding, such as {example}; keep one of each.",
}
ROWS = {"not finite": "embeddings", "zero": "embeddings", "length": "embeddings"}


class Findings:
    """Counts of what is wrong, each with the first example."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def note(self, kind: str, example: str, count: int = 1) -> None:
        """Note what is wrong with so many rows."""
        if count:
            self.counts[kind] += count
            self._examples.setdefault(kind, readable(example))

    def raise_any(self, total: int) -> None:
        """Raise SourceError for the gravest thing, if there is any, of so many rows."""
        kind = next((kind for kind in REFUSED if self.counts[kind]), None)
        if kind is not None:
            self._refuse(kind, total)

    def _refuse(self, kind: str, total: int) -> NoReturn:
        count, noun = self.counts[kind], ROWS.get(kind, "rows")
        what = REFUSED[kind].format(example=self._examples[kind])
        if count == 1:
            what = _singular(what)
        raise SourceError(f"{count:,} of {total:,} {noun} {what}")


def _singular(what: str) -> str:
    """Return the sentence about one row."""
    first, _, rest = what.partition(" ")
    return f"{ {'hold': 'holds', 'are': 'is', 'do': 'does', 'have': 'has'}[first] } {rest}"
