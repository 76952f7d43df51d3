"""Whether a picture has enough structure that another with the same structure must be the same picture.

Plain colours, gradients, stripes, chessboards, frames and blank sheets look alike without being copies of one another,
and all that a comparison of such pictures measures is noise. They are told by two things, both of 64 x 64 greys: what
the four strongest pairs of a column and a row leave unexplained (all that is drawn along the axes is of rank two, and
smooth shades are nearly so), and the bytes that the greys take when compressed (slanting edges, a disc, a triangle).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

SIDE = 64  # pixels, each way
RANK = 4
LEAST_UNEXPLAINED = 1.0  # of 255: soft patterns reach 0.6, sparse documents 3 (benchmarks/RESULTS.md)
TONES = 16  # that the greys are reduced to before they are compressed
LEAST_BYTES = 242  # slanting edges take up to 239, sparse documents 244 and more, photos 364


def has_structure(image: Image.Image) -> bool:
    """Return whether a picture shows enough to be compared by what it shows."""
    greys = np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float32)
    return _unexplained(greys) >= LEAST_UNEXPLAINED and _bytes(greys) >= LEAST_BYTES


def _unexplained(greys: FloatArray) -> float:
    """Return what RANK products of a column and a row leave of the greys, as root mean square."""
    strengths = np.linalg.svd(greys - greys.mean(), compute_uv=False)
    return float(np.sqrt((strengths[RANK:] ** 2).sum() / greys.size))


def _bytes(greys: FloatArray) -> int:
    """Return how many bytes the coarse tones take compressed."""
    return len(zlib.compress((greys * (TONES / 256)).round().astype(np.uint8).tobytes(), 9))
