"""When something was, as exactly as is known: a year, a month, a day, or a second.

Only dates of the calendar that a photograph can have. Spellings are read in spellings.py and clocks.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

FIRST_PHOTOGRAPH = 1826
WRITTEN = date(2026, 11, 1)  # a clock that says less is wrong, and may not decide which dates lie in the future
AHEAD = timedelta(days=366)  # a camera's clock may be wrong by a year or a time zone
EPOCHS = (datetime(1904, 1, 1), datetime(1970, 1, 1))  # where clocks start that were never set: QuickTime's, Unix's
FARTHEST_ZONE = timedelta(hours=14)
BUDDHIST, PHONES = 543, 1990  # years between the calendars; phones set to Thai write the Buddhist one

_TEXT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A moment, or the year, month or day that is known of it."""

    text: str  # ISO 8601: 2019, 2019-07, 2019-07-04 or 2019-07-04T12:30:05, the last perhaps with an offset from UTC
    ms: int | None = None  # 0..999, after the second, if that is known

    @property
    def is_whole(self) -> bool:
        """Whether it is known to the second."""
        return "T" in self.text

    @property
    def is_day(self) -> bool:
        """Whether it is known to the day."""
        return len(self.text) == len("2019-07-04")

    def is_same_second(self, other: Timestamp) -> bool:
        """Return whether both are known to the second, of the same one, and don't state different offsets."""
        end = len("2019-07-04T12:30:05")
        offsets = {self.text[end:], other.text[end:]} - {""}
        return self.is_whole and self.text[:end] == other.text[:end] and len(offsets) < 2


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day."""

    hour: int  # 0..24; 24:10 is ten past midnight of the next day
    minute: int = 0
    second: int = 0  # 0..60
    ms: int | None = None
    offset: str = ""  # from UTC, such as "+02:00", if it is stated


def is_timestamp(text: str | None) -> bool:
    """Return whether a text is written as that of a timestamp is."""
    return text is not None and _TEXT.fullmatch(text) is not None


def timestamp(year: int, month: int = 0, day: int = 0, clock: Clock | None = None) -> Timestamp | None:
    """Return a timestamp; 0 is an unknown month or day. None for what is not in the calendar, or was no photograph."""
    try:
        return _timestamp(_christian(year), month, day, clock)
    except (ValueError, OverflowError):
        return None


def from_epoch(seconds: float, ms: int | None = None) -> Timestamp | None:
    """Return the timestamp, in UTC, of seconds since 1970."""
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return None
    clock = Clock(moment.hour, moment.minute, moment.second, ms, "+00:00")
    return timestamp(moment.year, moment.month, moment.day, clock)


def _timestamp(year: int, month: int, day: int, clock: Clock | None) -> Timestamp | None:
    """Return a timestamp; raises ValueError and OverflowError for what is not in the calendar."""
    first = datetime(year, month or 1, day or 1)
    if not _is_possible(first):
        return None
    if not month or not day:
        return Timestamp(f"{year:04}-{month:02}" if month else f"{year:04}")
    if clock is None:
        return None if _is_unset(first) else Timestamp(first.date().isoformat())
    moment = first + timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    if not _is_possible(moment) or _is_unset(moment):
        return None
    return Timestamp(moment.isoformat() + clock.offset, clock.ms)


def latest() -> date:
    """Return the last day that a photograph may have."""
    return max(date.today(), WRITTEN) + AHEAD


def _christian(year: int) -> int:
    return year - BUDDHIST if PHONES <= year - BUDDHIST <= latest().year else year


def _is_possible(moment: datetime) -> bool:
    return moment.year >= FIRST_PHOTOGRAPH and moment.date() <= latest()


def _is_unset(moment: datetime) -> bool:
    """Return whether this is what a clock shows that was never set, in any time zone."""
    is_round = moment.minute % 15 == 0 and moment.second == 0
    return is_round and any(abs(moment - epoch) <= FARTHEST_ZONE for epoch in EPOCHS)
