"""A still's look as 255 bits, of which few change when it is scaled, recompressed or brightened.

The DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), with four times
the bits, to better tell shots of one scene apart: the picture as 64 x 64 greys; of their cosine transform, the 16 x 16
lowest frequencies without the mean; of each, whether it is above the median. ImageHash would load SciPy in each
worker and take twice the memory; PDQ's package has no wheels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from indexer.arrays import FloatArray

BYTES = 32  # the last bit is always 0
HASHED_SIDE = 64  # pixels of the picture that is hashed, each way
FREQUENCIES = 16  # each way
MOST_EDITED = 90  # bits that an edit changes
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


def looks_alike(one: bytes, other: bytes) -> bool:
    """Return whether two hashes may be of one picture before and after an edit, also turned or mirrored.

    Hashes of different pictures differ in some 127 bits, which varies by 8. A plain picture's hash says nothing.
    """
    import numpy as np

    if len(one) != BYTES or len(other) != BYTES or {one, other} & set(blank_hashes()):
        return True
    bits = np.unpackbits(np.frombuffer(other, dtype=np.uint8)).astype(bool)
    return any(int((bits != turned).sum()) <= MOST_EDITED for turned in _turned(one))


def _turned(hashed: bytes) -> Iterator[NDArray[np.bool_]]:
    """Yield the bits (256,) that the hash has, nearly, in each of the eight ways to turn and mirror the picture.

    Mirroring negates the odd frequencies of that way, whose median is nearly 0; turning swaps the two ways.
    """
    import numpy as np

    bits = np.unpackbits(np.frombuffer(hashed, dtype=np.uint8)).astype(bool)[:-1]
    square = np.concatenate([[False], bits]).reshape(FREQUENCIES, FREQUENCIES)
    odd = np.arange(FREQUENCIES) % 2 == 1
    for swapped in (square, square.T):
        for down in (odd & False, odd):
            for across in (odd & False, odd):
                mirrored = swapped ^ down[:, np.newaxis] ^ across
                yield np.append(mirrored.ravel()[1:], False)


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
