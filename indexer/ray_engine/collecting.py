"""Puts a shard together again in the driver, from batches that come in any order, and some of them twice.

Ray may decode or encode something anew after a worker or a node has died. Each picture is known by its address and each
moment by its number, so that nothing is there twice, and a shard is whole once all that it has is there.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.data_sets.encoded import EncodedShard
from indexer.ray_engine.messages import VECTORS, Picture, Told
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile
from indexer.store.roots import Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from indexer.data_sets.description import Description
    from indexer.sources.item import Shard, Unread

ELSEWHERE = Root(0, Path(), None)  # the files of a data set are not below a folder of this machine


@dataclass(slots=True)
class _File:
    """A picture, or a video of whose moments some may not be here yet."""

    moments: dict[int, tuple[Picture, MomentVector]] = field(default_factory=dict)
    count: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.count == len(self.moments)

    def encoded(self) -> EncodedFile:
        """Return it ready to be stored."""
        moments = [self.moments[number][1] for number in sorted(self.moments)]
        return EncodedFile(ELSEWHERE, self.moments[0][0].frame, tuple(moments))


class Collected:
    """A shard of which batches come in."""

    def __init__(self, source: str, shard: Shard, dim: int) -> None:
        """Take the shard, the address of its source, and the length of embeddings."""
        self.source = source
        self.shard = shard
        self.tries = 0
        self._dim = dim
        self._files: dict[str, _File] = {}
        self._unread: dict[str, Unread] = {}
        self._done: set[str] = set()
        self._items: frozenset[str] | None = None
        self._broken = False

    @property
    def is_settled(self) -> bool:
        """Whether all is here that will come of the shard."""
        return (self._broken and self.shard.is_sealed) or (self._items is not None and self._items <= self._done)

    @property
    def is_worth_keeping(self) -> bool:
        """Whether something is here, of files that stand for themselves."""
        return not self.shard.is_sealed and bool(self._done)

    def add(self, told: Told, vectors: memoryview, precision: str) -> int:
        """Add a batch and return how many pictures are whole by it; raises the error that it tells of."""
        if told.error is not None:
            raise told.error
        before = len(self._done)
        embeddings = np.frombuffer(vectors, "<f2").reshape(-1, self._dim).copy()
        for picture, vector in zip(told.pictures, embeddings, strict=True):
            self._add(picture, MomentVector(picture.frame.at_ms, vector, precision))
        for unread in told.unread:
            self._unread[unread.address] = unread
            self._done.add(unread.address)
        self._items = self._items if told.items is None else told.items
        self._broken = self._broken or told.is_broken
        return len(self._done) - before

    def _add(self, picture: Picture, moment: MomentVector) -> None:
        file = self._files.setdefault(picture.item.address, _File())
        file.moments[picture.number] = picture, moment
        if picture.frame.last:
            file.count = picture.number + 1
        if file.is_whole:
            self._done.add(picture.item.address)

    def encoded(self, description: Description) -> EncodedShard:
        """Return what is here, as rows; what was read in one try and not in another is read."""
        import pyarrow as pa

        from indexer.data_sets.columns import schema_of

        if self._broken and self.shard.is_sealed:
            return EncodedShard(self.shard, self.source, (), 0, [self._unread[self.shard.name]], is_whole=False)
        whole = {address: file for address, file in self._files.items() if file.is_whole}
        rows = pa.Table.from_batches(list(self._rows(description, whole)), schema_of(description))
        unread = [why for address, why in self._unread.items() if address not in whole]
        unread.sort(key=lambda why: why.address == self.shard.name)  # why it broke off comes last
        batches = rows.combine_chunks().to_batches()
        return EncodedShard(self.shard, self.source, batches, len(whole), unread, not self._broken)

    def _rows(self, description: Description, files: dict[str, _File]) -> Iterator[pa.RecordBatch]:
        from indexer.data_sets.rows import rows_of_file

        name = self.shard.name if self.shard.is_sealed else None
        for file in files.values():
            yield rows_of_file(description, self.source, name, file.moments[0][0].item, file.encoded())


def told_in(block: pa.Table) -> Iterator[tuple[int, Told, memoryview, str]]:
    """Yield the batches of a block: number of the shard, what is told, bytes of the embeddings, precision."""
    from indexer.ray_engine.messages import PRECISION, rows

    precisions = block[PRECISION].to_pylist()
    for (shard, told, vectors), precision in zip(rows(block, VECTORS), precisions, strict=True):
        yield shard, pickle.loads(told), vectors, precision  # noqa: S301 - of this run's own actors
