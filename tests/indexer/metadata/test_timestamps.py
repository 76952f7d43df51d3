"""Tests of indexer.metadata.timestamps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indexer.metadata import timestamps
from indexer.metadata.timestamps import Clock, Timestamp, from_epoch, latest, timestamp


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((2019,), "2019"),
        ((2019, 7), "2019-07"),
        ((2019, 0, 4), "2019"),
        ((2019, 7, 4), "2019-07-04"),
        ((2019, 7, 4, Clock(12, 30, 5)), "2019-07-04T12:30:05"),
        ((2019, 7, 4, Clock(12, 30, 5, 20, "+02:00")), "2019-07-04T12:30:05+02:00"),
        ((2019, 7, 0, Clock(12, 30, 5)), "2019-07"),
        ((2019, 12, 31, Clock(24, 10)), "2020-01-01T00:10:00"),
        ((2016, 12, 31, Clock(23, 59, 60)), "2017-01-01T00:00:00"),
        ((2562, 7, 4), "2019-07-04"),  # of a phone with the Thai calendar
        ((1826, 1), "1826-01"),
    ],
)
def test_what_is_known(parts: tuple[int, ...], expected: str) -> None:
    time = timestamp(*parts)  # type: ignore[arg-type]
    assert time is not None and time.text == expected
    assert time.is_whole == ("T" in expected)


@pytest.mark.parametrize(
    "parts",
    [(0,), (1825, 12, 31), (2019, 13), (2019, 2, 30), (2019, 6, 31), (2300, 1, 1), (1398, 4, 13), (9999, 12, 31)],
)
def test_no_date_of_a_photograph(parts: tuple[int, ...]) -> None:
    assert timestamp(*parts) is None


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ((1970, 1, 1), None),
        ((1970, 1, 1), Clock(0)),
        ((1970, 1, 1), Clock(1)),
        ((1969, 12, 31), Clock(16)),
        ((1970, 1, 1), Clock(5, 30)),
        ((1904, 1, 1), Clock(0)),
    ],
)
def test_a_clock_that_was_never_set(day: tuple[int, int, int], clock: Clock | None) -> None:
    assert timestamp(*day, clock) is None
    assert timestamp(*day, Clock(14, 33, 7)) is not None


def test_the_future_begins_in_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    soon, far = latest(), latest() + timedelta(days=2)
    assert timestamp(soon.year, soon.month, soon.day) is not None
    assert timestamp(far.year, far.month, far.day, Clock(12)) is None
    monkeypatch.setattr(timestamps, "WRITTEN", date(2040, 1, 1))  # as if the system's clock were far behind
    assert timestamp(2039, 5, 5) == Timestamp("2039-05-05")


def test_epoch() -> None:
    assert from_epoch(1562243405, 7) == Timestamp("2019-07-04T12:30:05+00:00", 7)
    assert from_epoch(-31_536_000 * 20) == Timestamp("1950-01-06T00:00:00+00:00")  # of a scan
    assert [from_epoch(seconds) for seconds in (0, 10**12, 10**30, -(10**11), -(10**30))] == [None] * 5


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("2019-07-04T12:30:05", "2019-07-04T12:30:05", True),
        ("2019-07-04T12:30:05+02:00", "2019-07-04T12:30:05", True),
        ("2019-07-04T12:30:05", "2019-07-04T12:30:05+00:00", True),
        ("2019-07-04T12:30:05+02:00", "2019-07-04T12:30:05+02:00", True),
        ("2019-07-04T12:30:05+02:00", "2019-07-04T12:30:05+03:00", False),
        ("2019-07-04T12:30:05", "2019-07-04T12:30:06", False),
        ("2019-07-04T12:30:05", "2019-07-04", False),
        ("2019-07-04", "2019-07-04", False),
    ],
)
def test_the_same_second(text: str, other: str, expected: bool) -> None:
    assert Timestamp(text).is_same_second(Timestamp(other, 250)) is expected
    assert Timestamp(other).is_same_second(Timestamp(text)) is expected
