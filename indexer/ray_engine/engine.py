"""Encodes shards by Ray Data, on one machine or many.

Rows that ask for shards go to actors that read and decode them, their batches of pixels to actors that encode, and the
embeddings to the driver, which puts shards together. Shards go through in rounds, each longer than the one before,
since Ray Data needs to know all of its input at the start, and a listing may take hours.

What an actor had in hand when it died, alone or with its node, is missing at the end of a round, and its shard goes
through once more.
"""

from __future__ import annotations

import contextlib
import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from indexer.data_sets.description import Description
from indexer.errors import ClipsearchError
from indexer.ray_engine.checking import check_nodes
from indexer.ray_engine.cluster import cluster
from indexer.ray_engine.collecting import Collected, told_in
from indexer.ray_engine.outputs import Outputs
from indexer.ray_engine.sizes import Node, Sizes, sizes_for
from indexer.ray_engine.stages import Stages

if TYPE_CHECKING:
    from indexer.data_sets.encoded import EncodedShard
    from indexer.models.encoder import Encoder
    from indexer.sources.item import Shard

FIRST_ROUND = 64  # shards
GROWTH = 4  # shards that are listed for each that is done
LONGEST_ROUND = 20_000
MOST_TRIES = 4  # of a shard


class RayEngine:
    """Encodes shards on a cluster. It implements Engine (data_sets/encoded.py)."""

    def __init__(
        self,
        load: Callable[[], Encoder],
        *,
        load_there: Callable[[], Encoder] | None = None,
        batch_size: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
        sizes: Callable[[Iterable[Node], int], Sizes] = sizes_for,
    ) -> None:
        """Take what loads the model, which is called only if there is a shard.

        `load_there` does so on a node of the cluster, and can be pickled; by default the model is loaded by its name.
        `sizes` says how many actors there are to be for nodes and shards.
        """
        self._load = load
        self._load_there = load_there
        self._batch_size = batch_size
        self._stopping = stopping
        self._sizes = sizes

    def encode(self, shards: Iterator[tuple[str, Shard]], progress: Callable[[int], None]) -> Iterator[EncodedShard]:
        """Yield (source, shard) pairs encoded; of one that breaks off only why.

        Told to stop, or if the model fails, files that stand for themselves come out as far as they are there. Raises
        EncoderFailed if the model fails, ClipsearchError if Ray or its nodes can't be used.
        """
        first = next(shards, None)
        if first is None:
            return
        encoder = self._load()
        description = Description.of(encoder)
        with cluster():
            check_nodes()
            load = self._load_there or functools.partial(_load_by_name, encoder.name)
            stages = Stages(
                encoder.preprocess, load, encoder.fingerprint, encoder.batch_size, self._batch_size, self._sizes
            )
            del encoder  # the memory is needed where this machine is a node too
            run = _Run(stages, description, self._stopping, progress)
            yield from run.encode(chain([first], shards))


class _Run:
    """The shards of one run."""

    def __init__(
        self,
        stages: Stages,
        description: Description,
        stopping: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> None:
        self._stages = stages
        self._description = description
        self._stopping = stopping
        self._progress = progress
        self._in_hand: dict[int, Collected] = {}

    def encode(self, shards: Iterator[tuple[str, Shard]]) -> Iterator[EncodedShard]:
        """Yield them encoded, round by round."""
        waiting = deque(self._listed(shards, FIRST_ROUND))
        while waiting and not self._stopping():
            self._in_hand = dict(enumerate(waiting))
            waiting.clear()
            failed: Exception | None = None
            again: list[Collected] = []
            try:
                for encoded in self._round():
                    if len(waiting) < LONGEST_ROUND:
                        waiting.extend(self._listed(shards, GROWTH))
                    yield encoded
                if not self._stopping():
                    again = list(_again(self._in_hand.values()))
            except Exception as error:
                failed = error
            if failed is not None or self._stopping():
                yield from self._rest()
            if failed is not None:
                raise failed
            waiting.extendleft(again)
            waiting.extend(self._listed(shards, GROWTH))

    def _listed(self, shards: Iterator[tuple[str, Shard]], count: int) -> Iterator[Collected]:
        return (Collected(source, shard, self._description.dim) for source, shard in islice(shards, count))

    def _round(self) -> Iterator[EncodedShard]:
        """Send the shards in hand through; those that are left then are not whole."""
        asked = [(number, one.source, one.shard) for number, one in self._in_hand.items()]
        with contextlib.closing(Outputs(self._stages.through(asked), self._stopping)) as outputs:
            for number, told, vectors, precision in chain.from_iterable(map(told_in, outputs)):
                collected = self._in_hand.get(number)
                if collected is None:
                    continue  # a batch that came twice
                self._progress(collected.add(told, vectors, precision))
                if collected.is_settled:
                    del self._in_hand[number]
                    yield collected.encoded(self._description)

    def _rest(self) -> Iterator[EncodedShard]:
        """Yield what is there of files that stand for themselves when a run ends early."""
        for collected in self._in_hand.values():
            if collected.is_worth_keeping:
                yield collected.encoded(self._description)


def _again(unfinished: Iterable[Collected]) -> Iterator[Collected]:
    """Yield shards that are to go through once more; raises ClipsearchError if one did so too often."""
    for collected in unfinished:
        collected.tries += 1
        if collected.tries == MOST_TRIES:
            raise ClipsearchError(
                f"{collected.shard.name} could not be encoded: the processes that worked on it were lost {MOST_TRIES} "
                "times, perhaps because memory ran out; what was encoded before is kept."
            )
        yield collected


def _load_by_name(name: str) -> Encoder:
    """Load a model on a node, on its GPU if Ray gives it one."""
    from indexer.models.loading import load_encoder

    return load_encoder(name)
