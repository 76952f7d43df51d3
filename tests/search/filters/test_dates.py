"""Tests of search/filters/dates.py."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from indexer.errors import InvalidRequest
from search.filters.dates import parse_date, shown_date, shown_span
from tests.bounded import grows_linearly


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021", (2021, 1, 1)),
        (2021, (2021, 1, 1)),
        ("2021-07", (2021, 7, 1)),
        ("2021-07-04", (2021, 7, 4)),
        ("2021-7-4", (2021, 7, 4)),
        (" 2021-07-04 ", (2021, 7, 4)),
        ("2021/07/04", (2021, 7, 4)),
        ("2021.07.04", (2021, 7, 4)),
        ("2021:07:04 15:30:09", (2021, 7, 4, 15, 30, 9)),  # as EXIF writes it
        ("2021-07-04T15:30", (2021, 7, 4, 15, 30)),
        ("2021-07-04 15:30", (2021, 7, 4, 15, 30)),
        ("2021-07-04t9:05:07", (2021, 7, 4, 9, 5, 7)),
        ("2021-07-04T15:30:09.123", (2021, 7, 4, 15, 30, 9)),
        ("2024-02-29", (2024, 2, 29)),
        ("04.07.2021", (2021, 7, 4)),
        ("4.7.2021", (2021, 7, 4)),
        ("04.07.2021 15:30", (2021, 7, 4, 15, 30)),
        ("25/12/2021", (2021, 12, 25)),
        ("12/25/2021", (2021, 12, 25)),
        ("25-12-2021", (2021, 12, 25)),
        ("07/07/2021", (2021, 7, 7)),
        ("07/2021", (2021, 7, 1)),
        ("7.2021", (2021, 7, 1)),
        ("July 2021", (2021, 7, 1)),
        ("july, 2021", (2021, 7, 1)),
        ("Jul 2021", (2021, 7, 1)),
        ("Sept. 2021", (2021, 9, 1)),
        ("may 2021", (2021, 5, 1)),
        ("2021 July", (2021, 7, 1)),
        ("4 July 2021", (2021, 7, 4)),
        ("4-Jul-2021", (2021, 7, 4)),
        ("4th of July 2021", (2021, 7, 4)),
        ("4. July 2021", (2021, 7, 4)),
        ("July 4, 2021", (2021, 7, 4)),
        ("July 4th 2021", (2021, 7, 4)),
        (date(2021, 7, 4), (2021, 7, 4)),
        (datetime(2021, 7, 4, 15, 30, 9, 500), (2021, 7, 4, 15, 30, 9)),
    ],
)
def test_a_date_is_the_first_moment_that_it_names(text: str | int | date, moment: tuple[int, ...]) -> None:
    assert parse_date(text) == datetime(*moment)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "day"), [("today", 1), ("Yesterday", 0)])
def test_today_and_yesterday(text: str, day: int) -> None:
    today = date(2021, 3, 1)
    assert parse_date(text, today) == datetime(2021, 2, 28) + timedelta(days=day)


@pytest.mark.parametrize("text", ["04/07/2021", "04-07-2021", "4/7/2021 15:30"])
def test_what_may_be_day_or_month_first_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"4 July or 7 April; write 2021-07-04.* or 2021-04-07"):
        parse_date(text)


@pytest.mark.parametrize("text", ["2021-13", "2021-02-30", "2021-07-04T25:00", "31.04.2021", "30 Feb 2021", "0000"])
def test_a_day_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=rf'no date "{text}" in the calendar'):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "21", "2021-", "2021-07/04", "04.07.21", "20210704", "2021-07T15:30", "12345", "ju 2021"),
        *("Juli 2021", "last summer", "2021-07-04T15", "-2021", "\u0662\u0660\u0662\u0661", "2021\n07"),
    ],
)
def test_what_is_no_date_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(InvalidRequest, match="no date that clipsearch understands; write 2021, 2021-07"):
        parse_date(text)


@pytest.mark.parametrize(
    "value",
    [
        *("2021-07-04T15:30Z", "2021-07-04T15:30:00+02:00", "2021-07-04 15:30 -0700"),
        datetime(2021, 7, 4, tzinfo=timezone.utc),
    ],
)
def test_a_time_zone_is_refused_since_pictures_are_compared_by_their_own_clocks(value: str | datetime) -> None:
    with pytest.raises(InvalidRequest, match="leave the zone out"):
        parse_date(value)


@pytest.mark.parametrize("text", ["2021", "2021-07", "2021-07-04", "2021-07-04T15:30", "2021-07-04T15:30:09"])
def test_a_date_is_shown_as_short_as_it_was_written(text: str) -> None:
    assert shown_date(parse_date(text)) == text


@pytest.mark.parametrize(
    ("after", "before", "phrase"),
    [
        (None, None, ""),
        ("2021", None, "from 2021 on"),
        (None, "2021-07", "before 2021-07"),
        ("2021", "2022", "in 2021"),
        ("2021-07", "2021-08", "in 2021-07"),
        ("2021-12", "2022", "in 2021-12"),
        ("2021-01", "2021-02", "in 2021-01"),
        ("2021-01-01", "2021-01-02", "on 2021-01-01"),
        ("2021-07-01", "2021-07-02", "on 2021-07-01"),
        ("2021", "2022-02", "from 2021 on and before 2022-02"),
        ("2021-07", "2022-07", "from 2021-07 on and before 2022-07"),
        ("2021-07-31", "2021-08-01", "on 2021-07-31"),
        ("2021-07-04", "2021-07-05", "on 2021-07-04"),
        ("2021", "2023-07", "from 2021 on and before 2023-07"),
        ("2021-07-04T15:30", "2021-07-05", "from 2021-07-04T15:30 on and before 2021-07-05"),
        ("9999", None, "from 9999 on"),
        ("9998", "9999", "in 9998"),
    ],
)
def test_a_span_is_a_phrase(after: str | None, before: str | None, phrase: str) -> None:
    start, end = (None if text is None else parse_date(text) for text in (after, before))
    assert shown_span(start, end) == phrase


@pytest.mark.parametrize("after", ["9999", "9999-12", "9999-12-31"])
def test_the_calendar_has_an_end(after: str) -> None:
    assert shown_span(parse_date(after), parse_date("9999-12-31T23:59:59")).startswith(f"from {after} on and before")


@pytest.mark.parametrize(
    "text", ["'1' * n", "'4 ' + '-' * n", "' ' * n + '4'", "'2021-07-04T15:30:00.' + '1' * n", "'july' + ' ' * n"]
)
def test_dates_without_end_are_refused_at_once(text: str) -> None:
    assert grows_linearly(
        f"""
from indexer.errors import InvalidRequest
from search.filters.dates import parse_date
def parse(text):
    try:
        parse_date(text)
    except InvalidRequest as reason:
        assert len(str(reason)) < 200
compare(lambda n: {text}, parse, 1_000_000)
"""
    )
