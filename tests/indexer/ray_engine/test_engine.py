"""A cluster of three nodes, each with a pretended GPU, gives what one machine gives, whatever happens to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.data_set_runs.local_engine import LocalEngine
from indexer.data_sets.encoded import EncodedShard, Engine
from indexer.models.encoder import Encoder
from indexer.ray_engine.engine import RayEngine
from indexer.sources.item import Shard
from indexer.sources.opening import open_source
from tests.fakes import ColourEncoder, OddPreprocess
from tests.indexer.ray_engine.shards import Made, Mortal, png, write_tar
from tests.ray_clusters import Nodes, ray_cluster
from tests.sources import Remembered

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
    return RayEngine(load, load_there=load_there, batch_size=4)


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


def all_kinds(folder: Path) -> list[Any]:
    """Return shards with 2,000 pictures and with bad ones, with the same ones, with none, with a video, cut shards."""
    files = {"a.png": png(1), "b.png": png(1), "c.png": b"no picture", "d.png": png(2, (66, 5)), "e.png": png(3)}
    odd_tar = tar_shard(folder / "odd.tar", files | video(folder))
    broken = [Made(3, 3, breaks_off=True), Made(4, 5, is_sealed=False, breaks_off=True)]
    tars = [
        tar_shard(folder / f"{tar}.tar", {f"{n:03}.png": png(400 * tar + n) for n in range(400)}) for tar in range(5)
    ]
    return [odd_tar, Made(1, 0), *broken, *tars]


def tar_shard(path: Path, files: dict[str, bytes]) -> Shard:
    """Write a tar, and return it as the source of tars lists it."""
    (shard,) = open_source(str(write_tar(path, files))).shards(Remembered())
    return shard


def video(folder: Path) -> dict[str, bytes]:
    """Return a video of more moments than a batch holds, if videos can be written here."""
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    frames = [frame for _ in range(3) for colour in (RED, GREEN, BLUE) for frame in scene(colour, 2)]
    return {"f.mp4": write(folder / "f.mp4", frames).read_bytes()}


def test_as_on_one_machine(nodes: Nodes, tmp_path: Path) -> None:
    shards = all_kinds(tmp_path)
    expected, _ = encoded(LocalEngine(odd, workers=1, batch_size=16), shards)
    found, done = encoded(RayEngine(odd, load_there=odd, batch_size=16), shards)
    assert_same(found, expected)
    odd_tar = found[str(tmp_path / "odd.tar")]
    assert len(rows(odd_tar)) > odd_tar.pictures == 4
    reasons = {unread.address.partition("::")[0]: unread.reason for unread in odd_tar.unread}
    assert reasons.keys() == {"tar://c.png", "tar://d.png"} and "crashed" in reasons["tar://d.png"]
    assert not found["made-3"].is_whole and not found["made-3"].batches
    assert sum(len(rows(shard)) for name, shard in found.items() if name[-5].isdigit()) == 2000
    assert done >= 2000 + 4 + 2 + 5


def test_processes_that_are_lost(nodes: Nodes, tmp_path: Path) -> None:
    """One that decodes is killed, one that encodes too, and one runs out of memory: each picture is there once."""
    shards = [Made(number, 20, killed=tmp_path / "reader" if number == 3 else None) for number in range(6)]
    found, done = encoded(by_ray(functools.partial(Mortal, tmp_path)), shards)
    assert {marker.name for marker in tmp_path.iterdir()} == {"reader", "killed", "out of memory"}
    assert_same(found, encoded(LocalEngine(ColourEncoder, workers=1), [Made(number, 20) for number in range(6)])[0])
    assert done == 6 * 20


def test_a_node_that_is_lost(nodes: Nodes, tmp_path: Path) -> None:
    """It is lost while all of its processes have work; there is no other place for its encoder."""
    gate = tmp_path / "gone"
    lost = nodes.add()
    done: list[int] = []

    def progress(pictures: int) -> None:
        done.append(pictures)
        if sum(done) >= 8 and not gate.exists():
            nodes.remove(lost)
            gate.touch()

    shards = [(SOURCE, Made(number, 20, waits_for=gate)) for number in range(8)]
    found = {one.shard.name: one for one in by_ray().encode(iter(shards), progress)}
    assert gate.exists() and sum(done) == 8 * 20
    expected = encoded(LocalEngine(ColourEncoder, workers=1), [Made(number, 20) for number in range(8)])[0]
    assert_same_rows(found, expected)


def assert_same_rows(found: dict[str, EncodedShard], expected: dict[str, EncodedShard]) -> None:
    assert {name: rows(shard) for name, shard in found.items()} == {name: rows(one) for name, one in expected.items()}


def test_told_to_stop(nodes: Nodes, tmp_path: Path) -> None:
    """What stands for itself comes out as far as it is there; a sealed shard does not."""
    done: list[int] = []
    engine = RayEngine(ColourEncoder, load_there=ColourEncoder, batch_size=4, stopping=lambda: sum(done) >= 48)
    shards = [Made(number, 20, is_sealed=number == 2, waits_for=tmp_path / "never") for number in range(3)]
    found = {one.shard.name: one for one in engine.encode(iter([(SOURCE, shard) for shard in shards]), done.append)}
    assert found.keys() == {"made-0", "made-1"}
    assert sum(done) == 48 and all(len(rows(shard)) == shard.pictures == 16 for shard in found.values())
