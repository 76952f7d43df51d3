"""Forgets what is gone from a source that was listed to its end, unless it is so much that the place may be wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from indexer.data_set_runs.known import RunKnown, is_of_a_shard
from indexer.data_set_runs.known_files import LISTED
from indexer.data_sets.columns import ID
from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.keyed_table import equals
from indexer.data_sets.shards_table import DoneShard, ShardsTable
from indexer.data_sets.texts import from_column, to_column
from indexer.indexing.plan import MANY_PICTURES, NEARLY_ALL

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable


class Gone:
    """What was known of sources and was not seen in a run that listed them to their ends."""

    def __init__(self, table: PicturesTable, known: RunKnown, sources: Mapping[str, bool]) -> None:
        """Take the table of pictures, what the run knows and has seen, and which sources are of sealed shards alone."""
        self._table = table
        self._known = known
        self._counts = {} if all(sources.values()) else known.files.counts()
        self._shards: dict[str, list[DoneShard]] = {source: [] for source in sources}
        for shard in known.shards.values():
            self._shards.get(shard.source, []).append(shard)
        self._broken = {file_of(name) for name in known.broken_off}
        self._cut = {file_of(name) for name in known.seen_shards if name != file_of(name)}
        self._failures: dict[str, list[FailedPicture]] = {source: [] for source in sources}
        for failure in known.failures.values():
            self._failures.get(failure.source, []).append(failure)

    def forget(self, source: str, *, prune: bool) -> tuple[int, bool]:
        """Delete what a source does not have any more; return how many pictures, and whether they are kept instead.

        They are kept if hardly anything is left, unless `prune` is set.
        """
        shards = [one for one in self._shards[source] if self._is_gone(one.name, self._known.seen_shards)]
        shards = [one for one in shards if file_of(one.name) not in self._broken]
        moved = [one for one in self._shards[source] if self._is_cut_anew(one.name)]
        files = dict(self._unseen(source))
        gone = {address for address in files.values() if not self._known.files.is_there(address)}
        count = len(gone) + sum(one.pictures for one in shards if one not in moved)
        total = self._counts.get(source, (0, 0))[0] + sum(one.pictures for one in self._shards[source])
        if not prune and count >= max(MANY_PICTURES, NEARLY_ALL * total):
            return count, True
        if files:
            self._table.delete_ids([*files])
        shards += [one for one in moved if one not in shards]
        for one in shards:
            self._table.delete(equals("shard", to_column(one.name)))
        self._forget_failures(source, {one.name for one in shards})
        if shards:
            ShardsTable(self._table.address).forget([one.name for one in shards])
        return count, False

    def _forget_failures(self, source: str, shards: set[str]) -> None:
        """Forget the failures of what is gone."""
        gone = [
            one.address
            for one in self._failures[source]
            if one.address not in self._known.failed_now and self._is_over(one, shards)
        ]
        if gone:
            FailuresTable(self._table.address).forget(gone)

    def _is_over(self, failure: FailedPicture, shards: Collection[str]) -> bool:
        """Return whether a failure is none any more: its file is gone or, where that is a whole shard, can be read."""
        if failure.shard is None:
            return self._is_gone(failure.address, self._known.seen_failures)
        return failure.shard in shards or (is_of_a_shard(failure) and file_of(failure.shard) not in self._broken)

    def _is_cut_anew(self, name: str) -> bool:
        """Return whether the rows of a shard are in others now, since their file has another number of rows."""
        file = file_of(name)
        is_other = file in self._cut if name == file else name not in self._known.seen_shards
        return is_other and file in self._known.seen_shards and file not in self._broken

    def _is_gone(self, address: str, seen: Collection[str]) -> bool:
        return address not in seen and not self._known.is_kept(address)

    def _unseen(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield the ids and addresses of the rows of files that are not there any more in the state that is known."""
        if not self._counts.get(source, (0, 0))[1]:
            return
        where = f"{LISTED} AND {equals('source', to_column(source))}"
        for batch in self._table.scan([ID, "address", "signature"], where):
            columns = (batch[name].to_pylist() for name in (ID, "address", "signature"))
            for id, text, signature in zip(*columns, strict=True):
                address = from_column(text)
                is_here = address in self._known.changed or self._known.is_kept(address)
                if not is_here and self._known.files.is_unseen(address, from_column(signature or "")):
                    yield id, address


def file_of(shard: str) -> str:
    """Return the name of a whole file for that of a shard of some of its rows."""
    return shard.partition("#rows=")[0]
