"""Where a picture lies in another that may be cropped a little: scale and shift each way, and the change of brightness.

Found by least squares on greys from coarse to fine (Lucas and Kanade, "An Iterative Image Registration Technique",
1981), with what does not fit, such as a mark, weighing less (Cauchy's weights). A turn is not looked for: whoever
turned the camera took another shot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray

LEVELS = ((48, 10), (96, 8), (192, 8))  # pixels of the longer side, and the most steps taken there
FARTHEST = 0.15  # of a side: how far scale and shift may go
LONGEST_STEP = 1.0  # pixels, beyond which the slopes say nothing
STILL = 0.02  # pixels: a step below this is the last one


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the second picture must be moved and its greys be changed to become the first."""

    scale_x: float = 0.0  # added to 1, about the middle
    shift_x: float = 0.0  # parts of the width
    scale_y: float = 0.0
    shift_y: float = 0.0
    gain: float = 1.0  # second = gain * first + offset
    offset: float = 0.0

    @property
    def displacement(self) -> float:
        """How far the corner that moves most moves, in parts of a side."""
        return max(abs(self.shift_x) + abs(self.scale_x) / 2, abs(self.shift_y) + abs(self.scale_y) / 2)

    def moved(self, greys: FloatArray, sampling: Image.Resampling = Image.Resampling.BICUBIC) -> FloatArray:
        """Return the second picture (h, w) moved onto the first."""
        height, width = greys.shape
        left, top = (self.shift_x - self.scale_x / 2) * width, (self.shift_y - self.scale_y / 2) * height
        matrix = (1 + self.scale_x, 0, left, 0, 1 + self.scale_y, top)
        image = Image.fromarray(greys)
        return np.asarray(image.transform(image.size, Image.Transform.AFFINE, matrix, sampling))

    def inside(self, shape: tuple[int, ...], margin: float = 1.0) -> NDArray[np.bool_]:
        """Return which pixels (h, w) of the first the second has too."""
        height, width = shape
        columns = _kept(width, self.scale_x, self.shift_x, margin)
        rows = _kept(height, self.scale_y, self.shift_y, margin)
        return rows[:, None] & columns[None, :]


def _kept(length: int, scale: float, shift: float, margin: float) -> NDArray[np.bool_]:
    """Return which pixels of a row or column stay at least `margin` inside."""
    middle = np.arange(length) + 0.5 - length / 2
    positions = middle * (1 + scale) + length / 2 + shift * length
    return (positions >= margin) & (positions <= length - margin)


def greys(image: Image.Image, longest: int) -> FloatArray:
    """Return a picture (h, w) whose longer side has so many pixels, or its own if it has fewer."""
    factor = min(1.0, longest / max(image.size))
    size = (max(8, round(image.width * factor)), max(8, round(image.height * factor)))
    return np.asarray(image.convert("L").resize(size, Image.Resampling.LANCZOS), dtype=np.float32)


def align(first: Image.Image, second: Image.Image) -> Alignment:
    """Return how the second of two pictures of the same size lies in the first."""
    alignment = Alignment()
    for longest, steps in LEVELS:
        alignment = refined(alignment, greys(first, longest), greys(second, longest), steps)
    return alignment


def refined(alignment: Alignment, first: FloatArray, second: FloatArray, steps: int) -> Alignment:
    """Return a better alignment of greys of the same size, found in so many steps at most."""
    height, width = first.shape
    middle = first.mean()  # around it the sums for gain and offset keep their precision, of white pages too
    x, y = np.arange(width) + 0.5 - width / 2, (np.arange(height) + 0.5 - height / 2)[:, None]
    for _ in range(steps):
        moved = alignment.moved(second, Image.Resampling.BILINEAR)
        slope_y, slope_x = np.gradient(moved)
        ones = np.ones_like(moved)
        terms = np.stack(
            [slope_x * x, slope_x * width, slope_y * y, slope_y * height, middle - first, -ones], -1, dtype=np.float32
        )
        step = _solved(
            terms.reshape(-1, 6), moved.ravel(), _weights(alignment, first, moved, np.hypot(slope_x, slope_y)).ravel()
        )
        before = np.array([alignment.scale_x, alignment.shift_x, alignment.scale_y, alignment.shift_y])
        step[:4] = np.clip(step[:4], -LONGEST_STEP / max(width, height), LONGEST_STEP / max(width, height))
        step[5] -= step[4] * middle
        alignment = Alignment(*np.clip(before + step[:4], -FARTHEST, FARTHEST).tolist(), *step[4:].tolist())
        if np.abs(step[:4]).max() * max(width, height) < STILL:
            break
    return alignment


def _weights(alignment: Alignment, first: FloatArray, moved: FloatArray, slope: FloatArray) -> FloatArray:
    """Return how much each pixel (h, w) counts: the less, the worse it fits for its slope; none outside."""
    inside = alignment.inside(first.shape)
    misfit = np.abs(moved - alignment.gain * first - alignment.offset)
    usual = 3.0 * float(np.median(misfit[inside])) + 4.0 if inside.any() else 1.0
    weights: FloatArray = (inside / (1 + (misfit / (usual + slope)) ** 2)).astype(np.float32)
    return weights


def _solved(terms: FloatArray, target: FloatArray, weights: FloatArray) -> NDArray[np.float64]:
    """Return the small step (6,) that brings the terms (n, 6) to minus the target, by weighted least squares."""
    weighted = terms * weights[:, None]
    normal = (terms.T @ weighted).astype(np.float64) + np.eye(6) * 1e-3
    normal[range(4), range(4)] *= 1.001
    return np.linalg.solve(normal, -(weighted.T @ target).astype(np.float64))
