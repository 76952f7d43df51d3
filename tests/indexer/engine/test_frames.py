"""Tests of indexer.engine.frames, by way of both kinds of pools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.engine.pool import Pool, open_pool
from tests.conftest import MakePicture
from tests.indexer.engine.jobs import TINY, decoded, expected, frames_of


@pytest.mark.parametrize("workers", [0, 1])
def test_videos_deliver_all_their_moments(photos: Path, picture: MakePicture, workers: int) -> None:
    from tests.indexer.video.writing import THREE, write

    paths = [write(photos / f"{name}.mp4", THREE) for name in "ab"]
    broken = photos / "broken.mp4"
    broken.write_bytes(paths[0].read_bytes()[:2000])
    with open_pool(workers, 2, TINY) as pool:
        found = decoded(pool, [*paths, broken, picture("still.png", "red")])
    for name in "ab":
        times = [(at, last) for _, at, last in found[f"{name}.mp4"]]
        assert [last for _, last in times] == [False, False, True]
        assert [at for at, _ in times] == [0, 4000, 7000]
    assert found["still.png"] == expected((255, 0, 0))
    assert len(found["broken.mp4"]) == 1 and isinstance(found["broken.mp4"][0], str)


def test_a_damaged_picture_says_why(photos: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(photos / "cut.jpg")
    (photos / "cut.jpg").write_bytes((photos / "cut.jpg").read_bytes()[:3000])
    (photos / "empty.png").write_bytes(b"")
    with Pool(1, 2, TINY) as pool:
        found = decoded(pool, [photos / "cut.jpg", photos / "empty.png"])
    assert "truncated" in found["cut.jpg"][0] and found["empty.png"] == ["the file is empty"]


@pytest.mark.parametrize("workers", [0, 1])
def test_what_lies_beside_a_file_counts_as_its_metadata(photos: Path, picture: MakePicture, workers: int) -> None:
    from tests.indexer.metadata.sources import packet
    from tests.indexer.video.writing import THREE, write

    sidecar = packet(
        exif__DateTimeOriginal="2019-07-04T12:30:05", exif__GPSLatitude="48,51N", exif__GPSLongitude="2,21E"
    )
    paths = [picture("still.png", "red"), picture("IMG-20190704-WA0001.png", "blue"), picture("plain.png", "lime")]
    paths.append(write(photos / "video.mp4", THREE))
    for name in ("still.xmp", "video.mp4.xmp"):
        (photos / name).write_bytes(sidecar)
    with open_pool(workers, 2, TINY) as pool:
        frames = frames_of(pool, paths)
    taken = {(frame.file.path, frame.metadata.taken_at, frame.metadata.taken_from) for frame in frames}
    assert taken == {
        ("still.png", "2019-07-04T12:30:05", "sidecar"),
        ("video.mp4", "2019-07-04T12:30:05", "sidecar"),
        ("IMG-20190704-WA0001.png", "2019-07-04", "file-name"),
        ("plain.png", None, None),
    }
    places = {
        frame.file.path for frame in frames if (frame.metadata.latitude, frame.metadata.longitude) == (48.85, 2.35)
    }
    assert places == {"still.png", "video.mp4"} and len(frames) == 6
