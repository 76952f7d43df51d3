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
    """Return shards of all kinds: with pictures that are the same, damaged, or kill; with none; with a video."""
    files = {"a.png": png(1), "b.png": png(1), "c.png": b"no picture", "d.png": png(2, (66, 5)), "e.png": png(3)}
    files |= video(folder)
    broken = [Made(3, 3, breaks_off=True), Made(4, 5, is_sealed=False, breaks_off=True)]
    return [Tar(write_tar(folder / "odd.tar", files)), Made(1, 0), Made(2, 9), *broken]


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


def test_two_thousand_pictures_in_tars(nodes: Nodes, tmp_path: Path) -> None:
    tars = [
        Tar(write_tar(tmp_path / f"{tar}.tar", {f"{n:03}.png": png(200 * tar + n) for n in range(200)}))
        for tar in range(10)
    ]
    expected, _ = encoded(LocalEngine(ColourEncoder, workers=1, batch_size=64), tars)
    found, done = encoded(RayEngine(ColourEncoder, load_there=ColourEncoder, batch_size=64), tars)
    assert_same(found, expected)
    assert done == sum(len(rows(shard)) for shard in found.values()) == 2000


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


def test_a_shard_that_kills_whoever_reads_it(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MOST_TRIES", 2)
    with pytest.raises(ClipsearchError, match=r"made-1 could not be encoded: .* were lost 2 times"):
        encoded(by_ray(), [Made(1, 4, killed=Path("/dev/null/always"))])


@pytest.mark.parametrize(
    ("load_there", "says"),
    [
        (Broken, r"The model colour failed on a batch of 4 pictures \(no kernel image\); what was encoded"),
        (Other, "On the node [0-9.]+ of the Ray cluster, the model colour is not the one here"),
        (missing, r"On the node [0-9.]+ of the Ray cluster: There is no .*nowhere/checkpoint.pt"),
    ],
)
def test_a_model_that_fails(nodes: Nodes, load_there: Callable[[], Encoder], says: str) -> None:
    with pytest.raises(EncoderFailed if load_there is Broken else ClipsearchError, match=says):
        encoded(by_ray(load_there), [Made(1, 4)])


def test_told_to_stop(nodes: Nodes, tmp_path: Path) -> None:
    """What stands for itself comes out as far as it is there; a sealed shard does not."""
    done: list[int] = []
    engine = RayEngine(ColourEncoder, load_there=ColourEncoder, stopping=lambda: sum(done) >= 48)
    shards = [Made(number, 20, is_sealed=number == 2, waits_for=tmp_path / "never") for number in range(3)]
    found = {one.shard.name: one for one in engine.encode(iter([(SOURCE, shard) for shard in shards]), done.append)}
    assert found.keys() == {"made-0", "made-1"}
    assert sum(done) == 48 and all(len(rows(shard)) == shard.pictures == 16 for shard in found.values())
