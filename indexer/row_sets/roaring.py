"""Sets of rows in the format in which Lance takes them, so that a search is told which rows pass.

A set is a roaring bitmap for each fragment of the table, in the portable format that roaringformatspec defines: of each
65,536 rows in which there are some, their places if they are few, else a bit for every row.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

ROWS = 65_536  # that a container is for
MOST_LISTED = 4096  # places that a container lists; of more it has a bit for each row
_COOKIE = 12_346  # of a bitmap whose containers are of these two kinds


def row_set(rows: Mapping[int, NDArray[np.bool_]]) -> bytes:
    """Return a set of rows, of which are in it for each fragment, by its number."""
    bitmaps = {number: _bitmap(are_in) for number, are_in in sorted(rows.items()) if are_in.any()}
    parts = [struct.pack("<I", len(bitmaps))]
    for number, bitmap in bitmaps.items():
        parts += [struct.pack("<II", number, len(bitmap)), bitmap]
    return b"".join(parts)


def _bitmap(are_in: NDArray[np.bool_]) -> bytes:
    """Return a roaring bitmap."""
    import numpy as np

    containers = list(_containers(are_in))
    head = struct.pack("<II", _COOKIE, len(containers))
    head += b"".join(struct.pack("<HH", number, count - 1) for number, count, _ in containers)
    sizes = [len(held) for _, _, held in containers]
    starts = np.cumsum([len(head) + 4 * len(sizes), *sizes[:-1]]).astype("<u4")
    return b"".join([head, starts.tobytes(), *(held for _, _, held in containers)])


def _containers(are_in: NDArray[np.bool_]) -> Iterator[tuple[int, int, bytes]]:
    """Yield of each container that is not empty its number, how many rows are in it, and what it holds."""
    import numpy as np

    for number, start in enumerate(range(0, len(are_in), ROWS)):
        some = are_in[start : start + ROWS]
        count = int(np.count_nonzero(some))
        if count > MOST_LISTED:
            yield number, count, np.packbits(some, bitorder="little").tobytes().ljust(ROWS // 8, b"\0")
        elif count:
            yield number, count, np.flatnonzero(some).astype("<u2").tobytes()
