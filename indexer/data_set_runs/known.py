"""What a data-set library knows of its sources at the start of a run, and what the run has seen of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from indexer.data_set_runs.known_files import KnownFiles, hash_of
from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.shards_table import DoneShard, ShardsTable
from indexer.decoding.limits import is_allowed_now
from indexer.installation import is_there_now

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable
    from indexer.indexing.summary import Summary


class RunKnown:
    """What a library knows. It implements Known (sources/item.py), and counts what it is asked."""

    def __init__(self, table: PicturesTable | None, *, again: bool = False, many: bool = False) -> None:
        """Read it; `again` has everything encoded again, `many` sources may name the same file."""
        self.found = self._unchanged = self._failed = 0  # files
        self._again = again
        self._table = table
        self._loading = threading.Lock()
        self._files: KnownFiles | None = None
        self.has_asked = False  # of a file that stands for itself
        failures = [] if table is None else [*FailuresTable(table.address).all()]
        self.failures: dict[str, FailedPicture] = {failure.address: failure for failure in failures}
        shards = [] if table is None else [*ShardsTable(table.address).all()]
        self.shards: dict[str, DoneShard] = {shard.name: shard for shard in shards}
        self._failed_in: dict[str, list[FailedPicture]] = {}
        for failure in failures:
            if failure.shard is not None and not is_of_a_shard(failure):
                self._failed_in.setdefault(failure.shard, []).append(failure)
        self.due: dict[str, frozenset[str]] = {}  # addresses of pictures to be tried again, by shard
        self.changed: set[str] = set()  # files that are known in another state
        self.seen_failures: set[str] = set()  # addresses
        self.seen_shards: set[str] = set()  # names
        self.failed_now: set[str] = set()  # addresses
        self.broken_off: set[str] = set()  # names of shards
        self.kept: list[str] = []  # addresses at or below which nothing is gone
        self._taken: set[int] | None = set() if many else None  # hashes of the addresses that were asked of

    @property
    def files(self) -> KnownFiles:
        """The files that stand for themselves, read when a source first asks of one: others have none."""
        with self._loading:
            self._files = self._files or KnownFiles(self._table)
            return self._files

    def has_file(self, address: str, signature: str) -> bool:
        """Return whether a picture is known in this state, as encoded or as failed; it now counts as still there.

        Of a state that nobody tells, "", none is known: what comes of it takes the place of what was there.
        """
        self.has_asked = True
        if self._is_taken(address):
            return True
        self.found += 1
        state = self.files.state_of(address, signature) if signature else self.files.any_state_of(address)
        failure = self.failures.get(address)
        if failure is not None and state != "known":  # else it is over: the picture could not be had for a while
            self.seen_failures.add(address)
        if state == "changed":
            self.changed.add(address)
        if self._again:
            return False
        if state == "known":
            self._unchanged += 1
            return True
        if failure is not None and signature and failure.signature == signature and is_final(failure):
            self._failed += 1
            return True
        return False

    def has_shard(self, name: str, signature: str) -> bool:
        """Return whether a sealed shard is known in this state; it now counts as still there.

        One that is known but for pictures that are to be tried again is not; `due` then has those.
        """
        if name in self.seen_shards:
            return True
        self.seen_shards.add(name)
        shard = self.shards.get(name)
        if shard is None or not signature or shard.signature != signature or self._again:
            return False
        failures = self._failed_in.get(name, [])
        due = frozenset(failure.address for failure in failures if not is_final(failure))
        self.found += shard.pictures + len(failures) - len(due)
        self._unchanged += shard.pictures
        self._failed += len(failures) - len(due)
        if due:
            self.due[name] = due
        return not due

    def keep(self, address: str) -> None:
        """Count all that is known at or below an address as still there: it can't be looked at now, or is away."""
        self.kept.append(address)

    def count(self, summary: Summary) -> None:
        """Add what was counted to a summary."""
        summary.found += self.found
        summary.unchanged += self._unchanged
        summary.failed_before += self._failed

    def is_kept(self, address: str) -> bool:
        """Return whether an address counts as still there though it was not seen."""
        return any(address == kept or address.startswith(kept.rstrip("/") + "/") for kept in self.kept)

    def _is_taken(self, address: str) -> bool:
        """Return whether another source of this run has named a file already."""
        if self._taken is None:
            return False
        key = hash_of(address)
        was = key in self._taken
        self._taken.add(key)
        return was


def is_of_a_shard(failure: FailedPicture) -> bool:
    """Return whether it was a whole tar or Parquet file that failed, of which every run finds out anew."""
    return failure.address == failure.shard


def is_final(failure: FailedPicture) -> bool:
    """Return whether no other try is due until the file changes."""
    return failure.lasting and not is_there_now(failure.reason) and not is_allowed_now(failure.reason)
