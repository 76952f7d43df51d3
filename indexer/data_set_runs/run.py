"""A run into a data-set library: list the sources, encode what is new, commit it shard by shard, forget what is gone.

Pictures are only read. Whenever a run ends early, by Ctrl-C, an error or a crash, what was committed stays and the next
run goes on from there. There is no lock: several runs may write into one library at once, from one machine or many, as
a row's id says which picture it is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from indexer.data_set_runs.committing import Committer
from indexer.data_set_runs.gone import Gone
from indexer.data_set_runs.known import RunKnown
from indexer.data_sets.description import Description
from indexer.data_sets.encoded import EncodedShard
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.sources_table import SourcesTable
from indexer.errors import LibraryMissing, ModelMismatch, SourceEmpty, SourceError
from indexer.files.found import Problem
from indexer.files.ignore import ScanRules
from indexer.indexing.summary import Summary
from indexer.sources.item import Divisible, LostShard, Unread

if TYPE_CHECKING:
    from indexer.data_sets.encoded import Engine
    from indexer.indexing.listener import Listener
    from indexer.sources.item import Shard, Source


def index_data_set(
    address: str,
    sources: Sequence[Source],
    engine: Engine,
    describe: Callable[[], Description],
    listener: Listener,
    *,
    prune: bool = False,
    reindex: bool = False,
    rules: Mapping[str, ScanRules] | None = None,
) -> Summary:
    """Bring the data-set library at an address up to date with sources, and return what was done.

    The library is made when there is something to put into it; `describe` is then asked for its model. `reindex` has
    every picture encoded again. What is gone is forgotten once a source was listed to its end, but if hardly anything
    is left of it only with `prune`. The library remembers its sources, with the `rules` of each address.

    Raises SourceError if none of the sources can be read, EncoderFailed if the model fails, and LibraryErrors.
    """
    return _Run(address, engine, describe, listener, prune, rules or {}).over(sources, reindex)


@dataclass
class _Run:
    """The state of one run."""

    address: str
    engine: Engine
    describe: Callable[[], Description]
    listener: Listener
    prune: bool
    rules: Mapping[str, ScanRules]
    summary: Summary = field(default_factory=Summary)
    table: PicturesTable | None = None
    listed: dict[str, bool] = field(default_factory=dict)  # sources to their ends: whether of sealed shards alone
    lost: list[tuple[Source, SourceError]] = field(default_factory=list)  # those that could not be
    lost_shards: deque[EncodedShard] = field(default_factory=deque)  # that are still to be noted
    began: float | None = None  # encoding
    emptied: list[str] = field(default_factory=list)  # addresses of sources with nothing in them any more
    taken_up: set[str] = field(default_factory=set)  # addresses of sources with something in the library
    remembered: set[str] = field(default_factory=set)

    def over(self, sources: Sequence[Source], reindex: bool) -> Summary:
        """Do the run."""
        started = time.monotonic()
        self.table = open_library(self.address)
        known = RunKnown(self.table, again=reindex, many=len(sources) > 1)
        self._encode(sources, known)
        known.count(self.summary)
        self._tell_lost()
        if not self._stopped():
            self._forget(known)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _encode(self, sources: Sequence[Source], known: RunKnown) -> None:
        """Encode and commit what is not known."""
        committer = Committer(known, self._library)
        try:
            for shard in self._encoded(sources, known):
                self._count(shard)
                self.taken_up.add(shard.source)
                if committer.add(shard):
                    self._remember()
        except KeyboardInterrupt:  # the second: stop at once
            raise
        except BaseException:
            committer.commit()
            self._remember()
            raise
        committer.commit()
        self.summary.forgotten += committer.forgotten
        self.taken_up |= self.listed.keys() - set(self.emptied)
        self._remember()
        if self.began is not None:
            self.summary.encoding_seconds = time.monotonic() - self.began

    def _encoded(self, sources: Sequence[Source], known: RunKnown) -> Iterator[EncodedShard]:
        """Yield shards as they are encoded, and those that were lost meanwhile, which no engine need hear of."""
        for shard in self.engine.encode(self._shards(sources, known), self._progress):
            while self.lost_shards:
                yield self.lost_shards.popleft()
            yield shard
        while self.lost_shards:
            yield self.lost_shards.popleft()

    def _shards(self, sources: Sequence[Source], known: RunKnown) -> Iterator[tuple[str, Shard]]:
        """Yield what is to be encoded, with the addresses of the sources; one that can't be read does not end a run."""
        for source in sources:
            shards, known.has_asked = len(known.seen_shards), False
            try:
                for shard in source.shards(known):
                    if self._stopped():
                        return
                    if isinstance(shard, LostShard):
                        self.lost_shards.append(_of_lost(shard, source.address))
                    else:
                        yield source.address, _due(shard, known)
            except SourceError as error:
                if not self._is_emptied(source, error):
                    self.lost.append((source, error))
                    continue
                self.emptied.append(source.address)
            self.listed[source.address] = len(known.seen_shards) > shards and not known.has_asked
            if not known.has_asked and len(known.seen_shards) == shards:
                self.summary.without_pictures.append(source.address)

    def _is_emptied(self, source: Source, error: SourceError) -> bool:
        """Return whether a source of the library has nothing any more, and that is to be forgotten."""
        if not (self.prune and self.table is not None and isinstance(error, SourceEmpty)):
            return False
        return any(known.address == source.address for known in SourcesTable(self.address).all())

    def _remember(self) -> None:
        """Note the sources in the library, once there is one."""
        new = {source: self.rules.get(source, ScanRules()) for source in self.taken_up - self.remembered}
        if self.table is not None and new:
            SourcesTable(self.address).remember(new)
            self.remembered |= new.keys()

    def _library(self) -> PicturesTable:
        """Return the library, made if it is not there yet."""
        if self.table is None:
            described = self.describe()
            self.table = PicturesTable.create(self.address, described)
            check_same_model(self.table, described)
        return self.table

    def _progress(self, done: int) -> None:
        """Pass on how many pictures are done."""
        if self.began is None:
            self.began = time.monotonic()
            self.listener.encoding(None)
        self.listener.progress(done)

    def _count(self, shard: EncodedShard) -> None:
        """Count a shard, and report what is left out of it."""
        self.summary.encoded += shard.pictures
        if shard.shard.is_sealed and shard.is_whole:
            self.summary.found += shard.pictures + len(shard.unread)
        broken = not shard.is_whole and not shard.shard.is_sealed
        for unread in shard.unread:
            self.listener.problem(Problem(unread.address, unread.reason, unread.lasting))
        self.summary.problems += len(shard.unread)
        self.summary.failed += len(shard.unread) - broken
        self.summary.unread += broken

    def _tell_lost(self) -> None:
        """Report sources that could not be read; raises SourceError if those are all, and nothing came of them."""
        if self.lost and not self.listed and not self.summary.found:
            raise self.lost[0][1]
        for source, error in self.lost:
            self.summary.problems += 1
            self.summary.missing.append(source.address)
            self.listener.problem(Problem(source.address, str(error)))

    def _forget(self, known: RunKnown) -> None:
        """Forget what is gone from the sources that were listed to their ends."""
        if self.table is None:
            return
        gone = Gone(self.table, known, self.listed)
        for source in self.listed:
            count, kept = gone.forget(source, prune=self.prune)
            if kept:
                self.summary.kept.append(source)
            else:
                self.summary.forgotten += count
        if self.emptied:
            SourcesTable(self.address).forget(self.emptied)

    def _stopped(self) -> bool:
        self.summary.stopped = self.summary.stopped or self.listener.stopping()
        return self.summary.stopped


def _of_lost(shard: LostShard, source: str) -> EncodedShard:
    """Return what is to be committed of a shard that can't be read: why."""
    return EncodedShard(shard, source, (), 0, [Unread(shard.name, "", shard.reason, lasting=False)], is_whole=False)


def _due(shard: Shard, known: RunKnown) -> Shard:
    """Return a shard as it is to be read: only the pictures that are to be tried again, if the others are known."""
    due = known.due.get(shard.name)
    return shard if due is None or not isinstance(shard, Divisible) else shard.part(due)


def open_library(address: str) -> PicturesTable | None:
    """Open the data-set library at an address; None if there is none yet. Raises LibraryError."""
    try:
        return PicturesTable.open(address)
    except LibraryMissing:
        return None


def check_same_model(table: PicturesTable, described: Description) -> None:
    """Raise ModelMismatch if a library, perhaps made by another run just now, has another model."""
    if table.description.fingerprint != described.fingerprint:
        raise ModelMismatch(
            f"The library {table.address} was indexed with {table.description.model}, and this is {described.model}:"
            " index into another --library."
        )
