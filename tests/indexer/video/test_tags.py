"""Tests of indexer.video.tags."""

from __future__ import annotations

from pathlib import Path

import pytest

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
        taken_from="container",
    )
    assert read(path)[0].metadata == expected
    android = {"location": "-33.8568+151.2153/", "creation_time": "2024-05-01T10:00:00Z"}
    found = read(write(tmp_path / "a.mp4", scene(RED, 1), metadata=android))[0].metadata
    assert found == Metadata(
        taken_at="2024-05-01T10:00:00+00:00", latitude=-33.8568, longitude=151.2153, taken_from="container"
    )


def test_metadata_that_is_nonsense_is_left_out(tmp_path: Path) -> None:
    apple = "com.apple.quicktime."
    tags = {f"{apple}creationdate": "last May", f"{apple}location.ISO6709": "+98.1+500/", f"{apple}make": "  "}
    path = write(tmp_path / "a.mov", scene(RED, 1), metadata=tags, container={"movflags": "use_metadata_tags"})
    assert read(path)[0].metadata == Metadata()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:00:00.000000Z", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01T12:00:00+0200", "2024-05-01T12:00:00+02:00"),
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00"),  # of an AVI: the camera's own clock
        ("Wed May  1 10:00:00 2024", "2024-05-01T10:00:00"),
        ("2024:05:01 10:00:00", "2024-05-01T10:00:00"),
        ("20240501T100000Z", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01", "2024-05-01"),
        ("2024", "2024"),
        ("1904-01-01T00:00:00.000000Z", None),
        ("1946-02-14T08:00:00.000000Z", None),
        ("1970-01-01T00:00:00.000000Z", None),
        ("1970-06-01T00:00:00Z", None),
        ("2024-13-01T00:00:00Z", None),
        ("2199-01-01T00:00:00Z", None),
        ("last May", None),
    ],
)
def test_times(text: str, expected: str | None) -> None:
    time = video_metadata._time(text)
    assert (None if time is None else (time.text, time.ms)) == (None if expected is None else (expected, None))
