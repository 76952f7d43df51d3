"""Forgets what is gone from a source that was listed to its end, unless it is so much that the place may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from indexer.data_set_runs.known import RunKnown
from indexer.data_set_runs.known_files import LISTED
from indexer.data_sets.columns import ID
from indexer.data_sets.failures_table import FailuresTable
from indexer.data_sets.keyed_table import equals
from indexer.data_sets.shards_table import ShardsTable
from indexer.data_sets.texts import from_column, to_column
from indexer.indexing.plan import MANY_PICTURES, NEARLY_ALL

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable


def forget_gone(table: PicturesTable, known: RunKnown, source: str, *, prune: bool) -> tuple[int, bool]:
    """Delete what a source does not have any more; return how many pictures, and whether they are kept instead.

    They are kept if hardly anything is left, unless `prune` is set.
    """
    shards = [one for one in known.shards.values() if one.source == source and one.name not in known.seen_shards]
    shards = [one for one in shards if not known.is_kept(one.name)]
    files = dict(_unseen(table, known, source))
    gone = {address for address in files.values() if not known.files.is_there(address)}
    count = len(gone) + sum(one.pictures for one in shards)
    total = known.files.count(source) + sum(one.pictures for one in known.shards.values() if one.source == source)
    if not prune and count >= max(MANY_PICTURES, NEARLY_ALL * total):
        return count, True
    if files:
        table.delete_ids([*files])
    for one in shards:
        table.delete(equals("shard", to_column(one.name)))
    _forget_failures(table.address, known, source, {one.name for one in shards})
    if shards:
        ShardsTable(table.address).forget([one.name for one in shards])
    return count, False


def _forget_failures(address: str, known: RunKnown, source: str, shards: set[str]) -> None:
    """Forget the failures of what is gone."""
    failures = [one for one in known.failures.values() if one.source == source]
    gone = [
        one.address
        for one in failures
        if one.shard in shards
        or (one.shard is None and one.address not in known.seen_failures and not known.is_kept(one.address))
    ]
    if gone:
        FailuresTable(address).forget(gone)


def _unseen(table: PicturesTable, known: RunKnown, source: str) -> Iterator[tuple[str, str]]:
    """Yield the ids and addresses of the rows of files that are not there any more in the state that is known."""
    if not known.files.count_unseen(source):
        return
    where = f"{LISTED} AND {equals('source', to_column(source))}"
    for batch in table.scan([ID, "address", "signature"], where):
        columns = (batch[name].to_pylist() for name in (ID, "address", "signature"))
        for id, text, signature in zip(*columns, strict=True):
            address = from_column(text)
            is_here = address in known.changed or known.is_kept(address)
            if not is_here and known.files.is_unseen(address, from_column(signature or "")):
                yield id, address
