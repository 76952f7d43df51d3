"""Dates as people write them, each read as the first moment of the year, month, day or minute that it names.

A picture has the time of its camera's clock, so dates have no time zone here: 15:30 is half past three where the
picture was taken. A date that can be read in two ways is refused, not guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from indexer.arguments import shown
from indexer.errors import InvalidRequest

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
LONGEST = 64  # characters; the longest forms have some 40
FORMS = "write 2021, 2021-07, 2021-07-04 or 2021-07-04T15:30"

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?"
_TIME = rf"(?:(?:T|\s+){_CLOCK}(?P<zone>\s*(?:Z|[+-]\d\d:?\d\d))?)?"
_YEAR, _DAY, _NAME = r"(?P<year>\d{4})", r"(?P<day>\d{1,2})", r"(?P<name>[a-z]{3,9})\.?"
_NUMBERS = re.compile(rf"{_YEAR}(?:(?P<sep>[-/.:])(?P<month>\d{{1,2}})(?:(?P=sep){_DAY}{_TIME})?)?", re.ASCII | re.I)
_MONTH_YEAR = re.compile(rf"(?P<month>\d{{1,2}})[-/.]{_YEAR}", re.ASCII)
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<second_part>\d{{1,2}})(?P=sep){_YEAR}{_TIME}", re.ASCII
)
_NAMED = [
    re.compile(pattern, re.ASCII | re.I)
    for pattern in (
        rf"(?:{_DAY}(?:st|nd|rd|th)?\.?[\s-]+(?:of\s+)?)?{_NAME}[\s,-]+{_YEAR}",  # July 2021, 4 July 2021, 4-Jul-2021
        rf"{_NAME}\s+{_DAY}(?:st|nd|rd|th)?[\s,]+{_YEAR}",  # July 4, 2021
        rf"{_YEAR}[\s,-]+{_NAME}",  # 2021 July
    )
]


def parse_date(value: str | int | date, today: date | None = None) -> datetime:
    """Return the first moment of a year, month, day or minute, as a datetime without a time zone.

    Takes 2021, 2021-07, 2021-07-04, 2021-07-04T15:30 (also with "/", "." or ":" for "-", or a space for the T),
    04.07.2021 (with dots the day comes first), 07/2021, "July 2021", "4 July 2021", "July 4, 2021", today and
    yesterday. Raises InvalidRequest for anything else, and for 04/07/2021, which may be July or April.
    """
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise _zoned(value.isoformat())
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = value.strip() if isinstance(value, str) else shown(value)
    if text.lower() in ("today", "yesterday"):
        day = (today or date.today()) - timedelta(days=text.lower() == "yesterday")
        return datetime.combine(day, time())
    try:
        return _parsed(text if len(text) <= LONGEST else shown(text))
    except ValueError:
        raise InvalidRequest(f'There is no date "{text}" in the calendar; {FORMS}.') from None


def _parsed(text: str) -> datetime:
    """Return the first moment that a text names; raises ValueError for dates such as the 30th of February."""
    if match := _NUMBERS.fullmatch(text) or _MONTH_YEAR.fullmatch(text):
        return _moment(match, match["month"])
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match)
    for pattern in _NAMED:
        if (match := pattern.fullmatch(text)) and (month := _month(match["name"])):
            return _moment(match, month)
    raise InvalidRequest(f'"{text}" is no date that clipsearch understands; {FORMS}.')


def _moment(match: re.Match[str], month: str | int | None, day: str | int | None = None) -> datetime:
    """Return the moment of a match's groups; a missing month or day is the first, a missing time midnight."""
    groups = match.groupdict()
    if groups.get("zone"):
        raise _zoned(match[0])
    hour, minute, second = (int(groups.get(name) or 0) for name in ("hour", "minute", "second"))
    return datetime(int(match["year"]), int(month or 1), int(day or groups.get("day") or 1), hour, minute, second)


def _year_last(match: re.Match[str]) -> datetime:
    """Return the moment of 04.07.2021, or of 25/12/2021; raises InvalidRequest for what can be read in two ways."""
    first, second = match["first"], match["second_part"]
    if match["sep"] == "." or int(first) > 12:
        return _moment(match, second, first)
    if int(second) > 12 or int(first) == int(second):
        return _moment(match, first, second)
    day_first, month_first = _moment(match, second, first), _moment(match, first, second)
    names = [f"{moment.day} {MONTHS[moment.month - 1].capitalize()}" for moment in (day_first, month_first)]
    raise InvalidRequest(
        f'"{match[0]}" may be {" or ".join(names)}; write {shown_date(day_first)} or {shown_date(month_first)}.'
    )


def _month(name: str) -> int | None:
    """Return the number of a month's English name, or of its first three or more letters."""
    return next((number for number, month in enumerate(MONTHS, 1) if month.startswith(name.lower())), None)


def _zoned(text: str) -> InvalidRequest:
    return InvalidRequest(
        f'"{text}" has a time zone, but pictures are compared by the time on their own clock; leave the zone out.'
    )


def shown_date(moment: datetime) -> str:
    """Return the shortest of 2021, 2021-07, 2021-07-04 and 2021-07-04T15:30 that names this moment."""
    if moment.time() != time():
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")
    text = moment.date().isoformat()
    return text[:4] if text.endswith("-01-01") else text[:7] if text.endswith("-01") else text


def shown_span(after: datetime | None, before: datetime | None) -> str:
    """Return a phrase: "in 2021-07", "from 2021 on", "before 2021", "from 2021 on and before 2023-07"."""
    period = _period(after, before) if after is not None and before is not None else None
    if period is not None:
        return f"{'on' if len(period) == len('2021-07-04') else 'in'} {period}"
    parts = [f"from {shown_date(after)} on"] if after is not None else []
    return " and ".join([*parts, f"before {shown_date(before)}"] if before is not None else parts)


def _period(after: datetime, before: datetime) -> str | None:
    """Return the year, month or day that two moments enclose, or None if they enclose none exactly."""
    if after >= before or after.time() != time() or before.time() != time():
        return None
    text, last = after.date().isoformat(), before - timedelta(days=1)
    if last == after:
        return text
    if after.day == before.day == 1 and (last.year, last.month) == (after.year, after.month):
        return text[:7]
    if text.endswith("-01-01") and (last.year, last.month, last.day) == (after.year, 12, 31):
        return text[:4]
    return None
