"""A video for several tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenes, at 0, 4 and 7 seconds."""
    from tests.indexer.video.writing import THREE, write

    return write(tmp_path_factory.mktemp("video") / "three.mp4", THREE, container={"movflags": "faststart"})
