"""What goes from machine to machine: pictures as a decoder hands them on, and with embeddings instead of pixels.

A message is a row of Ray Data's: a batch of one shard's pictures. Their pixels lie side by side, so that no copy is
made of them but that into the object store; what is known of them is pickled, since only the driver looks into it.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.decoding.frame import Frame
    from indexer.errors import ClipsearchError
    from indexer.models.preprocess import Pixels
    from indexer.sources.item import Item, Shard, Unread

SHARD, TOLD, PIXELS, VECTORS, PRECISION = "shard", "told", "pixels", "vectors", "precision"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, or a moment of a video, without its pixels."""

    item: Item  # without its content
    frame: Frame
    number: int = 0  # of the moment in its video


@dataclass(frozen=True, slots=True)
class Told:
    """What a decoder says of some pictures of a shard."""

    pictures: tuple[Picture, ...] = ()  # in the order of their pixels
    unread: tuple[Unread, ...] = ()
    items: frozenset[str] | None = None  # the addresses that the shard has, in its last message
    is_broken: bool = False  # it can't be read to its end, and `unread` says why
    error: ClipsearchError | None = None  # why the run can't go on


def shard_row(number: int, source: str, shard: Shard) -> pa.Table:
    """Return a row that asks for a shard."""
    import pyarrow as pa
    from ray import cloudpickle

    return pa.table({SHARD: [number], TOLD: [cloudpickle.dumps((source, shard))]})


def asked_for(table: pa.Table) -> Iterator[tuple[int, str, Shard]]:
    """Yield the number of each shard that rows ask for, the address of its source, and the shard."""
    for number, pickled in zip(table[SHARD].to_pylist(), table[TOLD].to_pylist(), strict=True):
        source, shard = pickle.loads(pickled)  # noqa: S301 - of this run's own driver
        yield number, source, shard


def decoded_row(shard: int, told: Told, pixels: Pixels | None = None) -> pa.Table:
    """Return a batch as a row; the pixels (n, height, width, 3) are not copied."""
    import pyarrow as pa

    told_bytes = pa.array([pickle.dumps(told)], pa.large_binary())
    return pa.table({SHARD: pa.array([shard], pa.int64()), TOLD: told_bytes, PIXELS: _one_binary(pixels)})


def encoded_row(shard: int, told: bytes, vectors: NDArray[np.float16] | None, precision: str) -> pa.Table:
    """Return a batch with embeddings (n, dim) in place of pixels."""
    import pyarrow as pa

    return pa.table(
        {
            SHARD: pa.array([shard], pa.int64()),
            TOLD: pa.array([told], pa.large_binary()),
            VECTORS: _one_binary(vectors),
            PRECISION: [precision],
        }
    )


def rows(table: pa.Table, column: str) -> Iterator[tuple[int, bytes, memoryview]]:
    """Yield the shard, what is told, and the bytes of a column, which are not copied, of each row."""
    for number, told, content in zip(table[SHARD], table[TOLD], table[column], strict=True):
        yield number.as_py(), told.as_py(), memoryview(content.as_buffer())


def _one_binary(array: NDArray[Any] | None) -> pa.Array:
    """Return an array's bytes as the only value of an Arrow array."""
    import numpy as np
    import pyarrow as pa

    size = 0 if array is None else array.nbytes
    content = pa.py_buffer(b"") if array is None else pa.py_buffer(np.ascontiguousarray(array).reshape(-1))
    offsets = pa.py_buffer(np.array([0, size], np.int64))
    return pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, content])
