"""The cut-off of a query that says colours, where a model has dimensions of their own for them.

Ordinary texts (texts/background.py) say next to nothing of colours, so that what they score is no measure for these.
But a picture's colours are shares, which mean the same in every picture, so that they can be compared with fixed
numbers: what matches has the colours, and is the thing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.arrays import FloatArray
from search.index.spread import Spread
from search.query.cutoff import NO_MATCH, lowest_match
from search.texts.colours import ALONE, SHOWN

# Cosines of a picture's colours with a query's; chosen on sample images and captioned photos (docs/search-quality.md).
LEAST = 0.2  # below it, a thing is of another colour; half of it is that where it has two, and some is shadow
NEAR_THE_THING = 0.85  # of the cut-off of the thing without its colour: the colour counts too
SAYS_COLOUR = 0.6  # length of the colours in a query: of those in a long text nothing is asked


@dataclass(frozen=True, slots=True)
class Judged:
    """What a cut-off is found from: the best k pictures of a query, and ordinary texts."""

    query: FloatArray  # (dim,), of length 1
    scores: FloatArray  # (k,), falling
    vectors: FloatArray  # (k, dim)
    background: FloatArray  # (b, dim)
    spread: Spread | None = None
    count: int | None = None  # how many pictures were searched


def lowest_coloured(judged: Judged, lowest: float, colours: int) -> float:
    """Return the lowest score that matches, given what it is by ordinary texts; the last dimensions are the colours."""
    said = judged.query[-colours:]
    length = float(np.linalg.norm(said))
    if length < SAYS_COLOUR or not len(judged.scores):
        return lowest
    shown = judged.vectors[:, -colours:]
    lengths = np.maximum(np.linalg.norm(shown, axis=1), np.finfo(np.float32).eps)
    cosines = shown @ said / (lengths * length)
    if length >= ALONE:
        things = judged.scores - shown @ said
        level = float(things.mean() + SHOWN * length * lengths.mean())
        return level if (cosines >= SHOWN).any() else NO_MATCH
    return _lowest_of_both(judged.scores, (cosines >= LEAST) & _are_things(judged, colours), lowest)


def _are_things(judged: Judged, colours: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say of each picture whether it is near to what a query says besides its colours."""
    query = judged.query.copy()
    query[-colours:] = 0
    query /= max(float(np.linalg.norm(query)), float(np.finfo(np.float32).eps))
    scores = judged.vectors @ query
    lowest = lowest_match(query, scores, judged.vectors, judged.background, judged.spread, count=judged.count)
    return np.asarray(scores >= NEAR_THE_THING * lowest, dtype=np.bool_)


def _lowest_of_both(scores: FloatArray, right: np.ndarray[tuple[int], np.dtype[np.bool_]], lowest: float) -> float:
    """Return the cut-off without the tail of pictures that are not right; more right ones may follow the last."""
    matching = scores >= lowest
    if not (matching & right).any():
        return NO_MATCH
    last_is_right = right[matching][np.argmin(scores[matching])]
    return lowest if last_is_right else float(scores[matching & right].min())
