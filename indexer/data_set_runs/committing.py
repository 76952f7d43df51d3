"""Commits encoded shards: rows first, then failures, then that a sealed shard is done.

A crash between these is harmless: what is not known as done is read again, and gives the same ids. Small shards are
committed together, since each commit is a version with files of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from indexer.data_set_runs.known import RunKnown
from indexer.data_sets.columns import ID
from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.shards_table import DoneShard, ShardsTable
from indexer.data_sets.texts import from_column, to_column
from indexer.sources.item import Divisible, LostShard
from indexer.store.store import now

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.data_sets.encoded import EncodedShard

ROWS_PER_COMMIT = 4096
SECONDS_PER_COMMIT = 30.0
ADDRESSES_PER_SCAN = 500


class Committer:
    """Takes encoded shards and commits them, some at a time."""

    def __init__(self, known: RunKnown, library: Callable[[], PicturesTable]) -> None:
        """Take what the run knows, and what opens the library or makes it."""
        self._known = known
        self._library = library
        self._shards: list[EncodedShard] = []
        self._rows = 0
        self._since = time.monotonic()
        self.forgotten = 0  # pictures that are bad in their new state

    def add(self, shard: EncodedShard) -> bool:
        """Commit a shard with others, now or later; return whether it was now."""
        self._shards.append(shard)
        self._rows += sum(len(batch) for batch in shard.batches)
        due = self._rows >= ROWS_PER_COMMIT or time.monotonic() - self._since >= SECONDS_PER_COMMIT
        if due:
            self.commit()
        return due

    def commit(self) -> None:
        """Commit what was added."""
        shards, self._shards = self._shards, []
        self._rows, self._since = 0, time.monotonic()
        batches = [batch for shard in shards for batch in shard.batches]
        failures = [failure for shard in shards for failure in _failures_of(shard)]
        done = [self._done(shard) for shard in shards if shard.shard.is_sealed and shard.is_whole]
        self._known.failed_now.update(failure.address for failure in failures)
        self._known.broken_off.update(
            shard.shard.name for shard in shards if not shard.is_whole and not _is_gone(shard)
        )
        if not (batches or failures or done):
            return
        table = self._library()
        self._begin(table.address, shards)
        if batches:
            table.commit(joined(batches))
        self._drop_old(table, shards, batches)
        self._settle(table.address, shards, batches, failures)
        if done:
            ShardsTable(table.address).put(done)

    def _begin(self, address: str, shards: Sequence[EncodedShard]) -> None:
        """Note which sealed shards are about to have rows, so that those are found if it is another one next time."""
        new = [shard for shard in shards if shard.batches and shard.shard.is_sealed]
        new = [shard for shard in new if shard.shard.name not in self._known.shards]
        if new:
            ShardsTable(address).put([DoneShard(shard.shard.name, "", shard.source, 0, 0, now()) for shard in new])

    def _settle(
        self,
        address: str,
        shards: Sequence[EncodedShard],
        batches: Sequence[pa.RecordBatch],
        failures: Sequence[FailedPicture],
    ) -> None:
        """Store the failures, and forget those that are none any more."""
        table = FailuresTable(address)
        if failures:
            table.replace(failures)
        if before := self._known.failures:
            whole = {shard.shard.name for shard in shards if shard.shard.is_sealed and _is_read_anew(shard)}
            over = {failure.address for failure in before.values() if failure.shard in whole} if whole else set()
            over |= _addresses(batches) & before.keys()
            over |= {address for shard in shards if shard.is_whole for address in _only(shard) or ()}
            table.forget(over - {failure.address for failure in failures})

    def _drop_old(
        self, table: PicturesTable, shards: Sequence[EncodedShard], batches: Sequence[pa.RecordBatch]
    ) -> None:
        """Delete the rows of what was there before: of files that have changed, and of shards that were read again."""
        new = {id for batch in batches for id in batch[ID].to_pylist()}
        bad = {unread.address for shard in shards for unread in shard.unread if unread.lasting}
        changed = sorted((_addresses(batches) | bad) & self._known.changed)
        again = [one.shard.name for one in shards if _is_read_anew(one) and one.shard.name in self._known.shards]
        old = [
            id
            for column, texts in (("address", changed), ("shard", again))
            for id in _ids(table, column, texts)
            if id not in new
        ]
        if old:
            table.delete_ids(old)
        self.forgotten += len(bad & self._known.changed)

    def _done(self, shard: EncodedShard) -> DoneShard:
        """Return that a shard is done: one of which a part was read has what it had before, too."""
        before = self._known.shards.get(shard.shard.name) if _only(shard) else None
        pictures, rows = (0, 0) if before is None else (before.pictures, before.rows)
        rows += sum(len(batch) for batch in shard.batches)
        return DoneShard(shard.shard.name, shard.shard.signature, shard.source, pictures + shard.pictures, rows, now())


def _only(shard: EncodedShard) -> frozenset[str] | None:
    """Return which pictures of a shard were read; None for all."""
    return shard.shard.only if isinstance(shard.shard, Divisible) else None


def _is_read_anew(shard: EncodedShard) -> bool:
    """Return whether all of a shard was read, to its end."""
    return shard.is_whole and not _only(shard)


def _is_gone(shard: EncodedShard) -> bool:
    return isinstance(shard.shard, LostShard) and shard.shard.is_gone


def _addresses(batches: Sequence[pa.RecordBatch]) -> set[str]:
    return {from_column(text) for batch in batches for text in batch["address"].unique().to_pylist()}


def _ids(table: PicturesTable, column: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield the ids of the rows that have one of these texts in a column."""
    for start in range(0, len(texts), ADDRESSES_PER_SCAN):
        block = texts[start : start + ADDRESSES_PER_SCAN]
        quoted = ", ".join("'" + to_column(text).replace("'", "''") + "'" for text in block)
        for batch in table.scan([ID], f"{column} IN ({quoted})"):
            yield from batch[ID].to_pylist()


def _failures_of(shard: EncodedShard) -> Iterator[FailedPicture]:
    """Yield the failures of a shard; why one of files that stand for themselves broke off is no failure of a file."""
    name = shard.shard.name if shard.shard.is_sealed else None
    for unread in shard.unread[:-1] if name is None and not shard.is_whole else shard.unread:
        yield FailedPicture(
            unread.address, unread.signature, shard.source, name, unread.reason, unread.lasting, failed_at=now()
        )


def joined(batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Return the same rows in as few batches as can be."""
    import pyarrow as pa

    return list(pa.Table.from_batches(batches).combine_chunks().to_batches())
