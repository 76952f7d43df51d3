"""Tests of indexer.video.tags."""

from __future__ import annotations

from pathlib import Path

from indexer.metadata.metadata import Metadata
from indexer.video import tags as video_metadata
from tests.indexer.video.writing import RED, read, scene, write


def test_metadata(tmp_path: Path) -> None:
    apple = "com.apple.quicktime."
    tags = {
        f"{apple}make": "Apple",
        f"{apple}model": "iPhone 15",
        f"{apple}creationdate": "2024-05-01T12:00:00+0200",
        f"{apple}location.ISO6709": "+48.8577+002.2950+035.000/",
        "creation_time": "2024-05-01T10:00:00Z",
    }
    path = write(tmp_path / "a.mov", scene(RED, 1), metadata=tags, container={"movflags": "use_metadata_tags"})
    expected = Metadata(
        taken_at="2024-05-01T12:00:00+02:00",
        camera_make="Apple",
        camera_model="iPhone 15",
        latitude=48.8577,
        longitude=2.295,
    )
    assert read(path)[0].metadata == expected
    android = {"location": "-33.8568+151.2153/", "creation_time": "2024-05-01T10:00:00Z"}
    found = read(write(tmp_path / "a.mp4", scene(RED, 1), metadata=android))[0].metadata
    assert found == Metadata(taken_at="2024-05-01T10:00:00+00:00", latitude=-33.8568, longitude=151.2153)


def test_metadata_that_is_nonsense_is_left_out(tmp_path: Path) -> None:
    apple = "com.apple.quicktime."
    tags = {f"{apple}creationdate": "last May", f"{apple}location.ISO6709": "+98.1+500/", f"{apple}make": "  "}
    path = write(tmp_path / "a.mov", scene(RED, 1), metadata=tags, container={"movflags": "use_metadata_tags"})
    assert read(path)[0].metadata == Metadata()
    assert video_metadata._date("1904-01-01T00:00:00.000000Z") is None
    assert video_metadata._date("2024-13-01T00:00:00Z") is None
