"""Whether two pictures differ by a mark alone: a name, a date or a logo that was laid over one of them.

A mark is small, and lighter than what it covers or darker, all of it; what moved or was replaced is both. On paper
and plain screens a mark can't be told from what was written there, so that of documents nothing counts as a mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.duplicates.agreement import CELL, Agreement

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.duplicates.alignment import Alignment

MOST_OF_PICTURE = 0.08  # of the windows
ONE_WAY = 0.9  # of the change
PLAIN = 0.45  # of a document's pixels have nearly the same grey; of chats 0.49, of most photos less than 0.4
NEARLY = 6  # of 255


def may_be_mark(first: FloatArray, compared: Agreement) -> bool:
    """Return whether a mark may explain where pictures disagree; quick."""
    return float((compared.misfit > 1).mean()) <= MOST_OF_PICTURE and not is_plain(first)


def is_mark(first: FloatArray, second: FloatArray, alignment: Alignment, compared: Agreement) -> bool:
    """Return whether a mark explains where greys (h, w) disagree."""
    if not may_be_mark(first, compared):
        return False
    change = alignment.moved(second) - alignment.gain * first - alignment.offset
    change = np.where(_covered(compared, first.shape), change, 0.0)
    lighter, darker = float(np.maximum(change, 0).sum()), float(np.maximum(-change, 0).sum())
    return max(lighter, darker) >= ONE_WAY * (lighter + darker)


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
