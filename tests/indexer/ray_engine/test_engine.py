"""A cluster of three nodes, each with a pretended GPU, gives what one machine gives, whatever happens to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.data_set_runs.local_engine import LocalEngine
from indexer.data_sets.encoded import EncodedShard, Engine
from indexer.errors import ClipsearchError, EncoderFailed
from indexer.models.encoder import Encoder
from indexer.ray_engine import engine as engine_module
from indexer.ray_engine.engine import RayEngine
from tests.fakes import ColourEncoder, OddPreprocess
from tests.indexer.ray_engine.shards import Broken, Made, Mortal, Other, Tar, missing, png, write_tar
from tests.ray_clusters import Nodes, ray_cluster

pytest.importorskip("ray")
SOURCE = "made up"


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """Three nodes."""
    with ray_cluster(3) as running:
        yield running


def encoded(engine: Engine, shards: Sequence[Any]) -> tuple[dict[str, EncodedShard], int]:
    """Return what an engine makes of shards, by their names, and how many pictures it said were done."""
    done: list[int] = []
    found = list(engine.encode(iter([(SOURCE, shard) for shard in shards]), done.append))
    assert len({one.shard.name for one in found}) == len(found)  # each once
    return {one.shard.name: one for one in found}, sum(done)


def by_ray(load_there: Callable[[], Encoder] = ColourEncoder, load: Callable[[], Encoder] = ColourEncoder) -> RayEngine:
    return RayEngine(load, load_there=load_there)


def rows(shard: EncodedShard) -> list[dict[str, Any]]:
    """Return the rows of a shard, sorted, without when they were made."""
    all_rows = [row for batch in shard.batches for row in batch.drop_columns(["indexed_at"]).to_pylist()]
    return sorted(all_rows, key=lambda row: str(row["id"]))


def assert_same(found: dict[str, EncodedShard], expected: dict[str, EncodedShard]) -> None:
    assert found.keys() == expected.keys()
    for name, shard in expected.items():
        assert rows(found[name]) == rows(shard)
        assert sorted(found[name].unread, key=str) == sorted(shard.unread, key=str)
        assert (found[name].pictures, found[name].is_whole) == (shard.pictures, shard.is_whole)


def odd() -> ColourEncoder:
    """Load a model whose preprocessing kills a decoder that shows it a picture of a certain width."""
    encoder = ColourEncoder()
    encoder.preprocess = OddPreprocess()
    return encoder


def mixed(folder: Path) -> list[Any]:
    """Return shards of all kinds: pictures that are the same, damaged, or kill; none, and more than a batch; a video."""
    files = {"a.png": png(1), "b.png": png(1), "c.png": b"no picture", "d.png": png(2, (66, 5)), "e.png": png(3)}
    files |= video(folder)
    return [Tar(write_tar(folder / "odd.tar", files)), Made(1, 0), Made(2, 9), Made(3, 3, breaks_off=True)] + [
        Made(4, 5, is_sealed=False, breaks_off=True)
    ]


def video(folder: Path) -> dict[str, bytes]:
    """Return a video of more moments than a batch holds, if videos can be written here."""
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    frames = [frame for _ in range(3) for colour in (RED, GREEN, BLUE) for frame in scene(colour, 2)]
    return {"f.mp4": write(folder / "f.mp4", frames).read_bytes()}


def test_as_on_one_machine(nodes: Nodes, tmp_path: Path) -> None:
    shards = mixed(tmp_path)
    expected, _ = encoded(LocalEngine(odd, workers=1), shards)
    found, done = encoded(by_ray(odd, odd), shards)
    assert_same(found, expected)
    odd_tar = found[str(tmp_path / "odd.tar")]
    assert len(rows(odd_tar)) > odd_tar.pictures == 4
    reasons = {unread.address.rpartition("::")[2]: unread.reason for unread in odd_tar.unread}
    assert reasons.keys() == {"c.png", "d.png"} and "crashed" in reasons["d.png"]
    assert done >= 4 + 2 + 9
