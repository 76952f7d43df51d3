"""What an actor on CPUs does: read a shard and decode its pictures, by the reader and the processes of a local run."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from indexer.data_set_runs.reading import Reading
from indexer.data_set_runs.spool import Spool
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pool import Pool, open_pool
from indexer.errors import ClipsearchError
from indexer.ray_engine.messages import Picture, Told, asked_for, decoded_row
from indexer.sources.item import Unread

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.engine.in_process import Threads
    from indexer.models.preprocess import Preprocess
    from indexer.sources.item import Shard


class ShardDecoder:
    """Turns rows that ask for shards into batches of pixels. It keeps its processes from shard to shard."""

    def __init__(self, preprocess: Preprocess, batch_size: int, processes: int) -> None:
        """Take how many processes are to decode, and how many pictures a batch has."""
        self._preprocess = preprocess
        self._size = batch_size
        self._processes = processes
        self._pool: Pool | Threads | None = None

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield what the shards hold, as batches; whatever stops one is told in its last."""
        for number, source, shard in asked_for(table):
            try:
                yield from self._batches(number, source, shard)
            except ClipsearchError as error:
                yield decoded_row(number, Told(error=error))

    def _batches(self, number: int, source: str, shard: Shard) -> Iterator[pa.Table]:
        self._pool = self._pool or open_pool(self._processes, self._slots, self._preprocess)
        with contextlib.ExitStack() as unless_done:
            unless_done.callback(
                self._end_pool
            )  # what it has in work when it is left can't be told from the next shard's
            with Spool() as spool, Reading(iter([(source, shard)]), spool, lambda: False, readers=1) as reading:
                batch = _Batch(number, self._size, self._preprocess)
                for answer in self._pool.decode(reading.waiting.jobs()):
                    batch.take(answer, reading, spool)
                    if batch.is_full:
                        yield batch.row()
                yield batch.last_row(reading)
            unless_done.pop_all()

    @property
    def _slots(self) -> int:
        """How many pictures each process may be ahead of the batch."""
        return 2 * self._size // max(1, self._processes) + 2

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.__exit__()
        self._pool = None


class _Batch:
    """Pictures side by side until there are enough to be sent."""

    def __init__(self, shard: int, size: int, preprocess: Preprocess) -> None:
        self._shard = shard
        self._shape = (size, *preprocess.shape)
        self._moments: Counter[Job] = Counter()  # of videos that are being decoded
        self._addresses: set[str] = set()  # of all that the shard has had
        self._begin()

    def _begin(self) -> None:
        """Begin a new batch, elsewhere in memory: the pixels of the last one are still being sent."""
        self._pixels = np.empty(self._shape, np.uint8)
        self._pictures: list[Picture] = []
        self._unread: list[Unread] = []

    @property
    def is_full(self) -> bool:
        """Whether there is no room left."""
        return len(self._pictures) == len(self._pixels)

    def take(self, answer: Decoded | Failed, reading: Reading, spool: Spool) -> None:
        """Add what the pool answers, and let go of a file that is decoded."""
        job = answer.job
        item = reading.item(job.root.id)
        if isinstance(answer, Failed):
            why = answer.failure
            self._unread.append(Unread(item.address, item.signature, why.reason, why.lasting))
        else:
            self._pixels[len(self._pictures)] = answer.pixels
            answer.release()
            self._pictures.append(Picture(item, answer.frame, self._moments[job]))
            self._moments[job] += 1
        if isinstance(answer, Failed) or answer.frame.last:
            del self._moments[job]
            reading.settle(job.root.id)
            spool.drop(job)
            self._addresses.add(item.address)

    def row(self) -> pa.Table:
        """Return the batch as a row, and begin a new one."""
        told = Told(tuple(self._pictures), tuple(self._unread))
        row = decoded_row(self._shard, told, self._pixels[: len(self._pictures)])
        self._begin()
        return row

    def last_row(self, reading: Reading) -> pa.Table:
        """Return what is left, with what the reader says of the shard."""
        (shard,) = reading.complete()
        told = Told(
            tuple(self._pictures),
            (*self._unread, *shard.unread),
            frozenset(self._addresses.union(unread.address for unread in shard.unread)),
            is_broken=not shard.is_whole,
        )
        return decoded_row(self._shard, told, self._pixels[: len(self._pictures)])
