"""The engine of one machine: pictures of a data set through the decoders and encoders of a local library."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from indexer.data_set_runs.committing import joined
from indexer.data_set_runs.reading import Reading
from indexer.data_set_runs.spool import Spool
from indexer.data_sets.description import Description
from indexer.data_sets.encoded import EncodedShard
from indexer.data_sets.rows import rows_of_file
from indexer.indexing.encoding import open_pipeline
from indexer.sources.item import Unread

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.engine.job import Failed
    from indexer.models.encoder import Encoder
    from indexer.sources.item import Shard
    from indexer.store.pictures import EncodedFile

LOOSE_BATCHES = 512  # of a picture each, which take more memory than one of all of them
PATIENCE = 2.0  # seconds in which a small job may turn out to be one
MANY = 10_000  # pictures that are expected of a source of which that is not known


class LocalEngine:
    """Encodes shards in this process and the decoders that it starts. It implements Engine (data_sets/encoded.py)."""

    def __init__(
        self,
        load: Callable[[], Encoder],
        *,
        workers: int | None = None,
        batch_size: int | None = None,
        spool: Path | None = None,
        stopping: Callable[[], bool] = lambda: False,
        bottleneck: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take what loads the model, which is called only if there is a picture, and what a run may be told.

        `spool` is the folder in which pictures wait; by default where the system keeps temporary files.
        """
        self._load = load
        self._workers = workers
        self._batch_size = batch_size
        self._spool = spool
        self._stopping = stopping
        self._bottleneck = bottleneck

    def encode(self, shards: Iterator[tuple[str, Shard]], progress: Callable[[int], None]) -> Iterator[EncodedShard]:
        """Yield (source, shard) pairs encoded; of one that breaks off only why.

        Told to stop, it ends after what is in work, and files that stand for themselves come out as far as they are
        there; so they do if the model fails. Raises EncoderFailed then.
        """
        failed: Exception | None = None
        with Spool(self._spool) as spool, Reading(shards, spool, self._stopping) as reading:
            try:
                if reading.waiting.wait_for_first():
                    yield from self._encoded(reading, spool, progress)
                yield from reading.complete()
            except Exception as error:
                failed = error
            yield from reading.rest()
        if failed is not None:
            raise failed

    def _encoded(self, reading: Reading, spool: Spool, progress: Callable[[int], None]) -> Iterator[EncodedShard]:
        """Decode and encode what is read, and yield the shards as they become complete."""
        encoder = self._load()
        description = Description.of(encoder)
        progress(0)  # the time from here on is that of pictures

        def failed(failure: Failed) -> None:
            if (settled := reading.settle(failure.job.root.id)) is not None:
                shard, item = settled
                why = failure.failure
                shard.unread.append(Unread(item.address, item.signature, why.reason, why.lasting))
                progress(1)

        wanted = itertools.takewhile(lambda _: not self._stopping(), reading.waiting.jobs())
        expected = reading.waiting.expect(PATIENCE) or MANY
        with open_pipeline(
            encoder, expected, self._batch_size, self._workers, lambda _: (), failed, read=spool.drop
        ) as pipeline:
            try:
                for files in pipeline.run(wanted):
                    progress(sum(_add(reading, description, file) for file in files))
                    self._bottleneck(pipeline.load.bottleneck())
                    yield from reading.complete()
            finally:
                reading.waiting.close()  # else the pool would wait for the next picture


def _add(reading: Reading, description: Description, file: EncodedFile) -> int:
    """Add the rows of a picture to its shard; return how many pictures that are."""
    settled = reading.settle(file.root.id)
    if settled is None:
        return 0
    shard, item = settled
    name = shard.shard.name if shard.shard.is_sealed else None
    shard.batches.append(rows_of_file(description, shard.source, name, item, file))
    if len(shard.batches) >= LOOSE_BATCHES:
        shard.batches = joined(shard.batches)
    shard.pictures += 1
    return 1
