"""A still's look as 255 bits, of which few change when it is scaled, recompressed or brightened.

The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), with four times
the bits, to better tell shots of one scene apart: the picture as 64 x 64 greys; of their cosine transform, the 16 x 16
lowest frequencies without the mean; of each, whether it is above the median. ImageHash would load SciPy in each
worker and take twice the memory; PDQ's package has no wheels.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    from indexer.arrays import FloatArray

BYTES = 32  # the last bit is always 0
HASHED_SIDE = 64  # pixels of the picture that is hashed, each way
FREQUENCIES = 16  # each way
DECODED = 224  # pixels, as models want them: so a file's hash is nearly the one it gets when it is indexed


def perceptual_hash(image: Image.Image) -> bytes:
    """Return the hash (BYTES) of an upright picture of any size."""
    import numpy as np
    from PIL import Image

    small = image.resize((HASHED_SIDE, HASHED_SIDE), Image.Resampling.BILINEAR, reducing_gap=1.0).convert("L")
    return _hashes_of([np.asarray(small, dtype=np.float32)])[0]


def _hashes_of(greys: Iterable[FloatArray]) -> list[bytes]:
    """Return the hash (BYTES) of each picture of greys (HASHED_SIDE, HASHED_SIDE)."""
    import numpy as np

    waves = _waves()
    lowest = np.stack([(waves @ grey @ waves.T).ravel()[1:] for grey in greys])
    middle = lowest.shape[1] // 2  # of an odd number; np.median would load numpy.ma, as long as half a query takes
    medians = np.partition(lowest, middle, axis=1)[:, middle, None]
    return [row.tobytes() for row in np.packbits(lowest > medians, axis=1)]


@cache
def blank_hashes() -> tuple[bytes, ...]:
    """Return the hashes of all plain greys: noise of this machine's arithmetic, which says nothing of a picture."""
    import numpy as np

    plain = np.ones((HASHED_SIDE, HASHED_SIDE), dtype=np.float32)
    return tuple(_hashes_of(plain * level for level in range(256)))


def hash_of_file(path: Path) -> bytes:
    """Decode a picture file and return its hash; raises PictureError."""
    from indexer.decoding.decode import open_picture

    return perceptual_hash(open_picture(path, DECODED).image)


@cache
def _waves() -> FloatArray:
    """Return the rows (FREQUENCIES, HASHED_SIDE) of the cosine transform (DCT-II)."""
    import numpy as np

    positions = np.arange(HASHED_SIDE, dtype=np.float32) + 0.5
    frequencies = np.arange(FREQUENCIES, dtype=np.float32)
    return np.cos(np.pi / HASHED_SIDE * np.outer(frequencies, positions)).astype(np.float32)
