"""Tests of cli.shown.times: local times, to the minute."""

from __future__ import annotations

import sys
import time

import pytest

from cli.shown.times import camera_time, local_time


@pytest.mark.skipif(sys.platform == "win32", reason="no tzset")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-27T18:06:59+00:00", "2026-11-27 23:36"),
        ("2026-11-27T18:06:59Z", "2026-11-27 23:36"),
        ("2026-11-27T18:06:59", "2026-11-27 18:06"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("yesterday\x1b", "yesterday\x1b"),
        ("", ""),
    ],
)
def test_moments_of_the_library_are_local(text: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XXX-5:30")
    time.tzset()
    try:
        assert local_time(text) == shown
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-05-18T16:42:07+02:00", "2024-05-18 16:42"),
        ("2024-05-18T16:42:07.5", "2024-05-18 16:42"),
        ("2024-05-18", "2024-05-18"),
        ("2024", "2024"),
        ("2020 x", "2020 x"),
    ],
)
def test_a_camera_has_a_clock_of_its_own(text: str, shown: str) -> None:
    assert camera_time(text) == shown
