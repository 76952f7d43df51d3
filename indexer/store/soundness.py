"""Which values of a library can be used: SQLite keeps any value in any column, and a library may come from anyone.

What is no number of ours is left out where it is read; search/checking looks at every row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray

MOST_ID = 2**28  # of a picture: bitmaps are as long as the greatest id, and ids only grow by one
MOST_DIM = 2**14  # of an embedding
MOST_OFF = 1e-3  # that the length of an embedding may differ from 1; fp16 moves it by some 0.00001
LEAST_TEMPERATURE, MOST_TEMPERATURE = 1e-3, 1e3
MOST_NUMBER = 2**62  # of sizes and times
READABLE = (  # a row of images or failures; what is damaged is as if it were not there
    "typeof(path) = 'text' AND typeof(path_bytes) IN ('blob', 'null') AND typeof(size) = 'integer'"
    " AND typeof(mtime_ns) = 'integer' AND typeof(ctime_ns) IN ('integer', 'null')"
)
PROBABLE = "typeof(probability) IN ('real', 'integer') AND probability BETWEEN 0 AND 1 AND typeof(class) = 'text'"


def is_id(value: Any) -> bool:
    """Return whether a value can be the id of a picture."""
    return type(value) is int and 0 < value <= MOST_ID


def are_ids(values: Sequence[Any]) -> bool:
    """Return whether all of many values can be ids, in a fraction of the time."""
    return set(map(type, values)) <= {int} and (not values or (min(values) > 0 and max(values) <= MOST_ID))


def is_count(value: Any) -> bool:
    """Return whether a value can be a number of bytes, pixels or nanoseconds."""
    return type(value) is int and -MOST_NUMBER <= value <= MOST_NUMBER


def is_number(value: Any, least: float = -math.inf, most: float = math.inf) -> bool:
    """Return whether a value is a finite number within bounds."""
    return type(value) in (int, float) and math.isfinite(value) and least <= value <= most


def is_name(path: Any, raw: Any) -> bool:
    """Return whether two columns name a file below a root: a relative path that does not lead out of it."""
    if type(path) is not str or not (raw is None or type(raw) is bytes):
        return False
    name = path if raw is None else raw.decode("utf-8", "surrogateescape")
    return bool(name) and "\0" not in name and not name.startswith("/") and ".." not in name.split("/")


def unit_vectors(blobs: Sequence[Any], dim: int, kind: str) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the unit vectors (n, dim) among blobs of "<f2" or "<f4" numbers, and which of the blobs are some.

    The others are of another type or length, or hold what is not finite or has not the length 1.
    """
    import numpy as np

    size = dim * int(kind[-1])
    whole = np.ones(len(blobs), dtype=np.bool_)
    if set(map(type, blobs)) - {bytes} or set(map(len, blobs)) - {size}:
        whole = np.array([type(blob) is bytes and len(blob) == size for blob in blobs], dtype=np.bool_)
        blobs = [blob for blob, is_whole in zip(blobs, whole, strict=True) if is_whole]
    with np.errstate(all="ignore"):
        vectors = np.frombuffer(b"".join(blobs), dtype=kind).reshape(len(blobs), dim).astype(np.float32)
        squares = np.einsum("ij,ij->i", vectors, vectors)
        good = np.abs(squares - 1) <= 2 * MOST_OFF  # False for what is not a number
    if good.all():
        return vectors, whole
    whole[whole] = good
    return vectors[good], whole
