"""What a still looks like in 255 bits: few of them change when it is scaled, recompressed or brightened.

The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), with four times
the bits, which tell other shots of a scene better apart: the picture as 64 x 64 greys, of their cosine transform the
16 x 16 lowest frequencies but the mean, and of each whether it is above the median. ImageHash would bring SciPy into
each worker, and twice the memory; PDQ's package has no wheels.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from indexer.arrays import FloatArray

BYTES = 32  # the last bit is always 0
SIDE = 64  # pixels that are looked at, each way
FREQUENCIES = 16  # each way
DECODED = 224  # pixels, as models want them: so a file's hash is nearly that of its indexing


def perceptual_hash(image: Image.Image) -> bytes:
    """Return the hash (BYTES) of an upright picture, of whatever size."""
    import numpy as np
    from PIL import Image

    small = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=1.0).convert("L")
    waves = _waves()
    found = waves @ np.asarray(small, dtype=np.float32) @ waves.T
    lowest = found.ravel()[1:]
    return np.packbits(lowest > np.median(lowest)).tobytes()


def hash_of_file(path: Path) -> bytes:
    """Decode a picture file and return its hash; raises PictureError."""
    from indexer.decoding.decode import open_picture

    return perceptual_hash(open_picture(path, DECODED).image)


def distances(one: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many bits differ; hashes are rows (..., BYTES), which broadcast."""
    import numpy as np

    return np.asarray(_ones()[one ^ others].sum(axis=-1), dtype=np.int64)


@cache
def _ones() -> NDArray[np.uint8]:
    """Return how many bits are set in each byte; NumPy counts them itself only from 2.0 on."""
    import numpy as np

    return np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)


@cache
def _waves() -> FloatArray:
    """Return the rows (FREQUENCIES, SIDE) of the cosine transform (DCT-II)."""
    import numpy as np

    places = np.arange(SIDE, dtype=np.float32) + 0.5
    frequencies = np.arange(FREQUENCIES, dtype=np.float32)
    return np.cos(np.pi / SIDE * np.outer(frequencies, places)).astype(np.float32)
