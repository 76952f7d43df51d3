"""Whether two pictures differ by a mark alone: a name, a date or a logo that was laid over one of them.

A mark is small, in one of the two, and lighter than what it covers or darker, all of it; what moved or was replaced is
both. On paper
and plain screens a mark can't be told from what was written there, so that of documents nothing counts as a mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.duplicates.agreement import CELL, Agreement
from search.duplicates.alignment import greys

if TYPE_CHECKING:
    from PIL import Image

    from indexer.arrays import FloatArray
    from search.duplicates.alignment import Alignment

MOST_OF_PICTURE = 0.08  # of the windows
ONE_WAY = 0.8  # of the change of each of red, green and blue
ONE_PICTURE = 0.75  # of the windows have more contrast in the marked picture; what has moved was in both
MINOR = 0.25  # of the largest change of the three: one that changes less says nothing
PLAIN = 0.45  # of a document's pixels have nearly the same grey; of chats 0.49, of most photos less than 0.4
NEARLY = 6  # of 255


def may_be_mark(first: FloatArray, compared: Agreement) -> bool:
    """Return whether a mark may explain where pictures disagree; quick."""
    return float((compared.misfit > 1).mean()) <= MOST_OF_PICTURE and not is_plain(first)


def is_mark(first: Image.Image, second: Image.Image, alignment: Alignment, compared: Agreement) -> bool:
    """Return whether a mark explains where two RGB pictures of the same size, compared as they are, disagree."""
    longest = max(first.size)
    if not may_be_mark(greys(first, longest), compared):
        return False
    drawn = float((compared.added[compared.misfit > 1] > 0).mean())
    if max(drawn, 1 - drawn) < ONE_PICTURE:
        return False
    channels = zip(first.split(), second.split(), strict=True)
    ways = [_ways(greys(one, longest), greys(other, longest), alignment, compared) for one, other in channels]
    most = max(sum(way) for way in ways)
    return all(max(way) >= ONE_WAY * sum(way) for way in ways if sum(way) > MINOR * most)


def _ways(first: FloatArray, second: FloatArray, alignment: Alignment, compared: Agreement) -> tuple[float, float]:
    """Return how much lighter and how much darker the second of two channels (h, w) is, where they disagree."""
    change = alignment.moved(second) - alignment.gain * first - alignment.offset
    change = np.where(_covered(compared, first.shape), change, 0.0)
    return float(np.maximum(change, 0).sum()), float(np.maximum(-change, 0).sum())


def is_plain(values: FloatArray) -> bool:
    """Return whether much of a picture is paper or a plain screen."""
    counts = np.bincount(np.clip(values, 0, 255).astype(np.uint8).ravel(), minlength=256)
    near = np.convolve(counts, np.ones(2 * NEARLY + 1, dtype=np.int64))
    return float(near.max()) >= PLAIN * values.size


def _covered(compared: Agreement, shape: tuple[int, ...]) -> np.ndarray:
    """Return the pixels (h, w) of the windows that disagree."""
    covered = np.zeros(shape, dtype=bool)
    for row, column in np.argwhere(compared.misfit > 1):
        covered[CELL * row : CELL * (row + 2), CELL * column : CELL * (column + 2)] = True
    return covered
