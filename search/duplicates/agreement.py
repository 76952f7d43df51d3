"""Whether two aligned pictures agree everywhere in their detail: the worst place counts, not the mean.

Both are cut into overlapping windows. In each, the second's greys are explained by the first's with a brightness and
a contrast of that place and a shift of a fraction of a pixel, which is what filters and scaling do. What is left over
is compared with what re-encoding leaves: little where there is little to see, more where there is much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from search.duplicates.alignment import Alignment

CELL = 8  # pixels; a window has two cells each way
NOISE, MOST_NOISE = 3.0, 10.0  # of 255: what is left over in a flat place of pictures without and with noise
OF_DETAIL = 0.25  # of a place's contrast may be left over too (all three measured by benchmarks/duplicates.py)
OF_NOISE = 2.5  # times what is usually left over counts as noise, up to MOST_NOISE
CONTRAST, SHIFT = 0.3, 0.35  # how far a place's contrast (a part) and position (pixels) usually are from the whole's
LEAST_CONTRAST, MOST_CONTRAST = 0.5, 2.0  # of a place, times the whole's: what is there can't be explained away
REST = [0, 2, 3]  # the terms without the contrast
LEAST_INSIDE = 0.75  # of a window


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the windows of two pictures compare; arrays (rows, columns) of windows that overlap by half."""

    misfit: FloatArray  # what is left over, as a multiple of what may be; 0 where the second picture has nothing
    added: FloatArray  # how much more contrast the second has than the first

    @property
    def worst(self) -> float:
        """The largest misfit; above 1 little speaks for the same detail."""
        return float(self.misfit.max(initial=0.0))


def agreement(first: FloatArray, second: FloatArray, alignment: Alignment) -> Agreement:
    """Compare greys (h, w) of the same size, at least two cells each way."""
    moved = alignment.moved(second)
    inside = alignment.inside(first.shape, margin=2.0).astype(np.float32)
    down, right = np.gradient(first)
    terms = [np.ones_like(first), first, right, down]
    pixels = np.maximum(_windows(inside), 1.0)
    normal = np.empty((*pixels.shape, 4, 4))
    for row, column in zip(*np.triu_indices(4), strict=True):
        normal[..., row, column] = normal[..., column, row] = _windows(terms[row] * terms[column] * inside)
    target = np.stack([_windows(term * moved * inside) for term in terms], -1)
    left = _left_over(normal, target, _windows(moved * moved * inside), alignment.gain) / pixels
    contrasts = _contrast(normal[..., 1, 1], normal[..., 0, 1], pixels) * abs(alignment.gain)
    others = _contrast(_windows(moved * moved * inside), target[..., 0], pixels)
    enough = pixels > LEAST_INSIDE * (2 * CELL) ** 2
    return _judged(np.sqrt(np.maximum(left, 0.0)), contrasts, others, enough)


def _judged(left: FloatArray, first: FloatArray, second: FloatArray, enough: NDArray[np.bool_]) -> Agreement:
    """Compare what is left over with what may be."""
    usual = float(np.median(left[enough])) if enough.any() else 0.0
    noise = min(max(NOISE, OF_NOISE * usual), MOST_NOISE)
    allowed = noise + OF_DETAIL * np.maximum(first, second)
    return Agreement(np.where(enough, left / allowed, 0.0), second - first)


def _left_over(normal: FloatArray, target: FloatArray, squares: FloatArray, gain: float) -> FloatArray:
    """Return the squares that the best of the likely brightness, contrast and shift leaves in each window."""
    spread = np.array([1e3, CONTRAST * gain, SHIFT * gain, SHIFT * gain])
    likely = NOISE**2 / np.maximum(spread, 0.05) ** 2  # the weight of each prior (ridge regression)
    damped, wanted = normal + np.diag(likely), target + likely * np.array([0.0, gain, 0.0, 0.0])
    contrast = np.linalg.solve(damped, wanted[..., None])[..., 1, 0].clip(LEAST_CONTRAST * gain, MOST_CONTRAST * gain)
    rest = wanted[..., REST] - damped[..., REST, 1] * contrast[..., None]
    factors = np.insert(np.linalg.solve(damped[..., REST, :][..., REST], rest[..., None])[..., 0], 1, contrast, axis=-1)
    explained = 2 * (factors * target).sum(-1) - np.einsum("...i,...ij,...j", factors, normal, factors)
    left: FloatArray = squares - explained
    return left


def _contrast(squares: FloatArray, sums: FloatArray, pixels: FloatArray) -> FloatArray:
    """Return the standard deviation of each window."""
    return np.sqrt(np.maximum(squares / pixels - (sums / pixels) ** 2, 0.0))


def _windows(values: FloatArray) -> FloatArray:
    """Return the sum over each window of values (h, w)."""
    rows, columns = values.shape[0] // CELL, values.shape[1] // CELL
    cells = values[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL).sum((1, 3))
    windows: FloatArray = cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]
    return windows
