"""Tests of indexer.engine.frames, by way of both kinds of pools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.engine.pool import Pool, open_pool
from tests.conftest import MakePicture
from tests.indexer.engine.jobs import TINY, decoded, expected


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
