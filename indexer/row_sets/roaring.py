"""Sets of rows in the format in which Lance takes them, so that a search is told which rows pass.

A set is a roaring bitmap for each fragment of the table: of each 65,536 rows in which there are some, their places if
they are few, else a bit for every row.
"""

from __future__ import annotations

import struct
from array import array
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

ROWS = 65_536  # that a container is for
MOST_LISTED = 4096  # places that a container lists; of more it has a bit for each row


def can_pack() -> bool:
    """Return whether pyroaring is installed: not so where somebody has pylance without the extra `lance`."""
    return find_spec("pyroaring") is not None


def row_set(rows: Mapping[int, NDArray[np.bool_]]) -> bytes:
    """Return a set of rows, of which are in it for each fragment, by its number."""
    bitmaps = {number: _bitmap(are_in) for number, are_in in sorted(rows.items()) if are_in.any()}
    parts = [struct.pack("<I", len(bitmaps))]
    for number, bitmap in bitmaps.items():
        parts += [struct.pack("<II", number, len(bitmap)), bitmap]
    return b"".join(parts)


def _bitmap(are_in: NDArray[np.bool_]) -> bytes:
    """Return a roaring bitmap, made of the fewer rows: those in it, or the others."""
    import numpy as np
    from pyroaring import BitMap

    are_most = 2 * np.count_nonzero(are_in) > len(are_in)
    fewer = np.flatnonzero(~are_in if are_most else are_in).astype(np.uint32)
    bitmap = BitMap(array("I", fewer.tobytes()))  # an array of NumPy is gone through one by one
    packed: bytes = (bitmap.flip(0, len(are_in)) if are_most else bitmap).serialize()
    return packed
