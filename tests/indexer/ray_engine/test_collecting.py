"""Batches come in any order, and some of them twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pytest

from indexer.data_sets.description import Description
from indexer.data_sets.encoded import EncodedShard
from indexer.decoding.frame import Frame
from indexer.errors import ClipsearchError, EncoderFailed
from indexer.files.formats import VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.ray_engine import engine
from indexer.ray_engine.collecting import Collected
from indexer.ray_engine.engine import MOST_TRIES
from indexer.ray_engine.messages import Picture, Told
from indexer.sources.item import Item, Unread
from tests.fakes import ColourEncoder
from tests.indexer.ray_engine.shards import Made

pytest.importorskip("pyarrow")
DESCRIPTION = Description.of(ColourEncoder())


def picture(name: str, number: int = 0, last: bool = True) -> Picture:
    """Return a still, or a moment of a video."""
    file = FoundFile(name, 10, 0)
    form = min(VIDEO_FORMATS) if name.endswith(".mp4") else "PNG"
    frame = Frame(file, name.encode().ljust(16), 8, 6, form, Metadata(), 1000 * number, last)
    return Picture(Item(name, name, b"", "1"), frame, number)


def vectors(count: int) -> memoryview:
    return memoryview(np.full((count, 3), 0.5, np.float16).tobytes())


def add(collected: Collected, told: Told) -> int:
    return collected.add(told, vectors(len(told.pictures)), "fp32")


VIDEO = [picture("v.mp4", number, number == 4) for number in range(5)]
ALL = frozenset({"a.png", "b.png", "bad.png", "v.mp4"})
BATCHES = [
    Told((picture("a.png"), VIDEO[0], VIDEO[1])),
    Told((VIDEO[2], VIDEO[3]), (Unread("bad.png", "1", "no picture"),)),
    Told((VIDEO[4], picture("b.png"))),
    Told((), (), ALL),
]


def test_any_order_and_twice() -> None:
    for order in itertools.permutations(BATCHES):
        collected = Collected("source", Made(1, 4), 3)
        for told in order[:3]:
            add(collected, told)
            add(collected, told)
            assert not collected.is_settled
        add(collected, order[3])
        assert collected.is_settled and not add(collected, order[0])
        shard = collected.encoded(DESCRIPTION)
        ids = [id for batch in shard.batches for id in batch["id"].to_pylist()]
        assert len(set(ids)) == len(ids) == 7 and shard.pictures == 3
        assert [unread.address for unread in shard.unread] == ["bad.png"]


def test_a_shard_that_has_lost_a_picture_when_it_is_read_again() -> None:
    """Its listed files may have gone meanwhile; it is whole with what the second try has, and not before."""
    collected = Collected("source", Made(1, 3, is_sealed=False), 3)
    add(collected, Told((picture("a.png"),)))  # the rest of the first try is lost
    add(collected, Told((), (), frozenset({"b.png", "c.png"})))
    add(collected, Told((picture("b.png"),)))
    assert not collected.is_settled
    add(collected, Told((picture("c.png"),)))
    assert collected.is_settled and collected.encoded(DESCRIPTION).pictures == 3


def test_done_counts_pictures_once() -> None:
    collected = Collected("source", Made(1, 4), 3)
    assert [add(collected, told) for told in [*BATCHES, *BATCHES]] == [1, 1, 2, 0, 0, 0, 0, 0]


def test_a_video_that_ends_badly_in_one_try_and_well_in_another() -> None:
    collected = Collected("source", Made(1, 1), 3)
    add(collected, Told((VIDEO[0],), (Unread("v.mp4", "1", "its decoder crashed"),)))
    assert not collected.encoded(DESCRIPTION).pictures and len(collected.encoded(DESCRIPTION).unread) == 1
    add(collected, Told(tuple(VIDEO), (), frozenset({"v.mp4"})))
    shard = collected.encoded(DESCRIPTION)
    assert collected.is_settled and shard.pictures == 1 and not shard.unread and sum(map(len, shard.batches)) == 5


def test_an_error_is_raised() -> None:
    with pytest.raises(EncoderFailed, match="it failed"):
        add(Collected("source", Made(1, 1), 3), Told(error=EncoderFailed("it failed")))


def test_a_shard_that_kills_whoever_reads_it() -> None:
    """It is not tried for ever."""
    collected = Collected("source", Made(1, 4), 3)
    for _ in range(MOST_TRIES - 1):
        assert list(engine._again([collected])) == [collected]
    with pytest.raises(ClipsearchError, match=rf"made-1 could not be encoded: .* were lost {MOST_TRIES} times"):
        list(engine._again([collected]))


def test_what_is_there_comes_out_when_a_shard_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounds(run: engine._Run) -> Iterator[EncodedShard]:
        """Bring a picture of each shard, and lose the rest."""
        for collected in run._in_hand.values():
            add(collected, Told((picture("a.png"),)))
        return iter(())

    monkeypatch.setattr(engine._Run, "_round", rounds)
    run = engine._Run(cast("Any", None), DESCRIPTION, lambda: False, lambda done: None)
    encoded = run.encode(iter([("s", Made(1, 4, is_sealed=False)), ("s", Made(2, 4))]))
    assert next(encoded).pictures == 1
    with pytest.raises(ClipsearchError, match="lost 4 times"):
        next(encoded)


@pytest.mark.parametrize(
    ("is_sealed", "told", "is_worth"),
    [(True, BATCHES[0], False), (False, BATCHES[0], True), (False, Told((VIDEO[0],)), False)],
)
def test_what_is_kept_of_a_run_that_ends_early(is_sealed: bool, told: Told, is_worth: bool) -> None:
    collected = Collected("source", Made(1, 4, is_sealed=is_sealed), 3)
    add(collected, told)
    assert collected.is_worth_keeping is is_worth
