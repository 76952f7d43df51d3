"""Tests of indexer.engine.worker; what files do to workers is tested in test_pool.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.engine.pool import Pool
from tests.indexer.engine.jobs import TINY, decoded


def test_decoders_write_nothing_themselves(photos: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(photos / "cut.tif", compression="jpeg")
    (photos / "cut.tif").write_bytes((photos / "cut.tif").read_bytes()[:-20])  # of which libtiff speaks on stderr
    with Pool(1, 2, TINY) as pool:
        found = decoded(pool, [photos / "cut.tif"])
    assert isinstance(found["cut.tif"][0], str)
    assert capfd.readouterr() == ("", "")
