"""Threads that read shards, each thread one shard at a time, and what has become of the pictures of each.

They keep a little ahead of the decoders. Whoever stops a run keeps what was read of files that stand for themselves; of
a tar or Parquet file that was not read to its end nothing is kept.
"""

from __future__ import annotations

import dataclasses
import errno
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from indexer.data_set_runs.waiting import Waiting
from indexer.data_sets.encoded import EncodedShard
from indexer.errors import PictureError, SourceError, UnreachablePicture
from indexer.sources.item import Item, Unread

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.data_set_runs.spool import Spool
    from indexer.sources.item import Shard

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
READERS = 4  # that wait for a network most of the time


@dataclass(eq=False, slots=True)
class OpenShard:
    """A shard some pictures of which are still on their way."""

    source: str
    shard: Shard
    left: int = 0  # pictures that were read and are not settled
    pictures: int = 0  # that were encoded
    batches: list[pa.RecordBatch] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    read: bool = False  # to its end, or as far as is wanted
    broken: bool = False

    def encoded(self) -> EncodedShard:
        """Return it as it is to be committed."""
        if self.broken and self.shard.is_sealed:
            return EncodedShard(self.shard, self.source, (), 0, self.unread[-1:], is_whole=False)
        return EncodedShard(self.shard, self.source, self.batches, self.pictures, self.unread, not self.broken)


class Reading:
    """Shards as they are read, and their pictures until they are settled."""

    def __init__(
        self,
        shards: Iterator[tuple[str, Shard]],
        spool: Spool,
        stopping: Callable[[], bool],
        readers: int = READERS,
    ) -> None:
        """Take (source, shard) pairs, where pictures wait, and what says when to stop."""
        self.waiting = Waiting()
        self._shards = shards
        self._spool = spool
        self._stopping = stopping
        self._listing = threading.Lock()
        self._lock = threading.Lock()  # for all below
        self._open: list[OpenShard] = []
        self._items: dict[int, tuple[OpenShard, Item]] = {}  # by the number of their job's root
        self._numbers = 0
        self._readers = readers
        self._error: BaseException | None = None
        self._threads = [threading.Thread(target=self._read, name="read", daemon=True) for _ in range(readers)]

    def __enter__(self) -> Reading:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """Let the threads end; one that waits for a network is left behind."""
        self.waiting.close()
        for thread in self._threads:
            thread.join(timeout=1.0)

    def item(self, number: int) -> Item:
        """Return the picture, without its content, of the job with that number, which is not settled yet."""
        with self._lock:
            return self._items[number][1]

    def settle(self, number: int) -> tuple[OpenShard, Item] | None:
        """Return the picture of the job with that number, which is done or has failed; None if its shard broke off."""
        with self._lock:
            shard, item = self._items.pop(number)
            shard.left -= 1
            return None if shard.broken and shard.shard.is_sealed else (shard, item)

    def complete(self) -> Iterator[EncodedShard]:
        """Yield the shards whose pictures are all settled, and then no more; raises what a reader raised."""
        with self._lock:
            done = [shard for shard in self._open if shard.read and not shard.left]
            self._open = [shard for shard in self._open if not (shard.read and not shard.left)]
        yield from (shard.encoded() for shard in done)
        if self._error is not None:
            raise self._error

    def rest(self) -> Iterator[EncodedShard]:
        """Yield what there is of the shards of files that stand for themselves, when a run ends early."""
        with self._lock:
            partly = [shard for shard in self._open if not shard.shard.is_sealed]
            self._open = []
        yield from (shard.encoded() for shard in partly if shard.batches or shard.unread)

    def _read(self) -> None:
        try:
            while not self._stopping() and (shard := self._next()) is not None:
                self._read_shard(shard)
        except BaseException as error:  # raised where the shards are taken
            if isinstance(error, OSError) and error.errno in FULL:
                error = self._spool.no_room(error)
            self._error = self._error or error
            self.waiting.close()
        finally:
            with self._lock:
                self._readers -= 1
                last = not self._readers
            if last:
                self.waiting.end()

    def _next(self) -> OpenShard | None:
        with self._listing:
            source, shard = next(self._shards, (None, None))
        if source is None or shard is None:
            return None
        opened = OpenShard(source, shard)
        with self._lock:
            self._open.append(opened)
        return opened

    def _read_shard(self, opened: OpenShard) -> None:
        """Queue the pictures of a shard."""
        try:
            with self._spool.for_shard() as folder:
                for item in opened.shard.items(folder):
                    if self._stopping() or not self._take(opened, item):
                        self._give_up(opened)
                        return
        except SourceError as error:
            with self._lock:
                opened.broken = True
                reason = Unread(opened.shard.name, opened.shard.signature, str(error), lasting=False)
                opened.unread.append(reason)
        with self._lock:
            opened.read = True

    def _give_up(self, opened: OpenShard) -> None:
        """End a shard early: it is as read as it gets, or dropped."""
        with self._lock:
            opened.read = True
            if opened.shard.is_sealed:
                opened.broken = True
                self._open = [shard for shard in self._open if shard is not opened]

    def _take(self, opened: OpenShard, item: Item | Unread) -> bool:
        """Queue a picture, or note why there is none; False if no more is wanted."""
        if isinstance(item, Unread):
            with self._lock:
                opened.unread.append(item)
            return True
        if opened.shard.is_sealed:  # the file that it is in shows whether it has changed
            item = dataclasses.replace(item, signature=opened.shard.signature)
        with self._lock:
            number = self._numbers
            self._numbers += 1
        try:
            job, size = self._spool.put(number, item)
        except PictureError as error:
            lasting = not isinstance(error, UnreachablePicture)
            return self._take(opened, Unread(item.address, item.signature, str(error), lasting))
        with self._lock:
            self._items[number] = opened, dataclasses.replace(item, content=b"", beside={})
            opened.left += 1
        return self.waiting.put(job, size)
