"""Tests of the engine of one machine, with worker processes too."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from indexer.arrays import FloatArray
from indexer.data_set_runs.local_engine import LocalEngine
from indexer.data_sets.encoded import EncodedShard
from indexer.errors import EncoderFailed
from indexer.models.preprocess import Pixels
from tests.fakes import ColourEncoder, OddPreprocess
from tests.indexer.data_set_runs.made_sources import BAD, MadeShard, png

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2019-05-06T07:08:09"/>
</rdf:RDF></x:xmpmeta>"""


def encode(engine: LocalEngine, *shards: MadeShard) -> dict[str, EncodedShard]:
    pairs = iter([("made://", shard) for shard in shards])
    return {shard.shard.name: shard for shard in engine.encode(pairs, lambda done: None)}


def column(shard: EncodedShard, name: str) -> list[object]:
    return [value for batch in shard.batches for value in batch[name].to_pylist()]


def test_worker_processes_decode_and_leave_no_file(tmp_path: Path) -> None:
    pictures = {f"{number}.png": png("red", str(number)) for number in range(30)} | {"bad.png": BAD}
    engine = LocalEngine(ColourEncoder, workers=2, spool=tmp_path)
    shards = encode(
        engine, MadeShard("a.tar", "1", True, pictures), MadeShard("b.tar", "1", True, {"b.png": png("blue")})
    )
    assert sorted(map(str, column(shards["a.tar"], "address"))) == sorted(
        f"a.tar/{name}" for name in pictures if name != "bad.png"
    )
    assert [unread.address for unread in shards["a.tar"].unread] == ["a.tar/bad.png"]
    assert column(shards["b.tar"], "shard") == ["b.tar"]
    assert set(column(shards["a.tar"], "signature")) == {"1"}
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_crashes_its_decoder_costs_only_itself(tmp_path: Path) -> None:
    import io

    from PIL import Image

    class Odd(ColourEncoder):
        preprocess = OddPreprocess()

    held = io.BytesIO()
    Image.new("RGB", (66, 10)).save(held, "PNG")
    pictures = {"a.png": png("red"), "crash.png": held.getvalue(), "b.png": png("blue")}
    shards = encode(LocalEngine(Odd, workers=1, spool=tmp_path), MadeShard("files", "", False, pictures))
    assert sorted(map(str, column(shards["files"], "address"))) == ["a.png", "b.png"]
    assert "crashed" in shards["files"].unread[0].reason


def test_names_and_sidecars_say_when_as_in_a_folder() -> None:
    pictures = {"IMG_20210704_123000.png": png("red"), "b.png": png("blue")}
    beside = {"b.png": {".xmp": XMP}}
    shards = encode(LocalEngine(ColourEncoder, workers=0), MadeShard("files", "", False, pictures, beside))
    taken = dict(zip(column(shards["files"], "address"), column(shards["files"], "taken_at"), strict=True))
    assert str(taken["IMG_20210704_123000.png"]).startswith("2021-07-04")
    assert str(taken["b.png"]).startswith("2019-05-06T07:08:09")


def test_a_video_has_a_row_for_each_moment(tmp_path: Path) -> None:
    from tests.indexer.video.writing import THREE, write

    video = write(tmp_path / "a.mp4", THREE).read_bytes()
    shards = encode(LocalEngine(ColourEncoder, workers=0), MadeShard("files", "", False, {"a.mp4": video}))
    assert column(shards["files"], "at_ms") == [0, 4000, 7000]
    assert shards["files"].pictures == 1
    assert len(set(column(shards["files"], "id"))) == 3


def test_copies_in_different_shards_are_encoded_once() -> None:
    encoder = ColourEncoder()
    same = png("red", "same")
    shards = [MadeShard(name, "1", True, {"x.png": same}) for name in ("a.tar", "b.tar")]
    found = encode(LocalEngine(lambda: encoder, workers=0), *shards)
    assert [column(found[name], "address") for name in ("a.tar", "b.tar")] == [["a.tar/x.png"], ["b.tar/x.png"]]
    assert encoder.images_encoded == 1


def test_what_was_done_comes_out_when_the_model_fails() -> None:
    class Failing(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            if self.images_encoded >= 8:
                raise RuntimeError("broken")
            return super().encode_images(batch)

    pictures = {f"{number}.png": png("red", str(number)) for number in range(30)}
    found: list[EncodedShard] = []
    engine = LocalEngine(Failing, workers=0)
    with pytest.raises(EncoderFailed, match="broken"):
        for shard in engine.encode(iter([("made://", MadeShard("files", "", False, pictures))]), lambda done: None):
            found.append(shard)
    assert sum(shard.pictures for shard in found) == 8
    assert not [thread for thread in threading.enumerate() if thread.name == "read"]


def test_without_a_picture_no_model_is_loaded() -> None:
    def load() -> ColourEncoder:
        raise AssertionError

    assert encode(LocalEngine(load)) == {}
    shards = encode(LocalEngine(load), MadeShard("a.tar", "1", True, {}))
    assert shards["a.tar"].is_whole and shards["a.tar"].pictures == 0


def test_reading_stays_ahead_by_a_bounded_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.data_set_runs.waiting.MOST_FILES", 8)
    most = 0

    class Counting(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            nonlocal most
            most = max(most, *(len(os.listdir(spool)) for spool in tmp_path.iterdir()))
            return super().encode_images(batch)

    pictures = {f"{number}.png": png("red", str(number)) for number in range(100)}
    engine = LocalEngine(Counting, workers=0, spool=tmp_path)
    shards = encode(engine, *(MadeShard(f"{n}.tar", "1", True, pictures) for n in range(2)))
    assert sum(shard.pictures for shard in shards.values()) == 200
    assert (
        0 < most <= 8 + 2 * 4 + 16 + 4 + 1
    )  # waiting, in readers' hands, in decoders' hands, in the batch, and the lock
