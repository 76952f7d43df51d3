"""Tests of indexer.download.reporting."""

from __future__ import annotations

import pytest

from indexer.download import reporting as module
from indexer.download.reporting import Download, Meter, reporting


def test_the_innermost_is_told_and_none_changes_nothing() -> None:
    outer: list[Download] = []
    inner: list[Download] = []
    with reporting(outer.append):
        with reporting(inner.append), reporting(None):
            Meter("a", "org/a", None).reach(1)
        Meter("b", "org/b", None).reach(2)
    Meter("c", "org/c", None).reach(3)
    assert [download.name for download in inner] == ["a"]
    assert [download.name for download in outer] == ["b"]


def test_reports_come_some_times_a_second() -> None:
    told: list[Download] = []
    meter = Meter("a", "org/a", 100_000_000)
    with reporting(told.append):
        for done in range(0, 100_000_000, 100_000):
            meter.reach(done)
        meter.end()
    assert len(told) < 100
    assert (told[0].done, told[-1].done, told[-1].over) == (0, 99_900_000, True)


def test_small_files_are_not_worth_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Download] = []
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.0)
    with reporting(told.append):
        meter = Meter("a", "org/a", 300)
        meter.reach(300)
        meter.end()
    assert not told
