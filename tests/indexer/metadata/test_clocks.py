"""Tests of indexer.metadata.clocks."""

from __future__ import annotations

import pytest

from indexer.metadata.clocks import clock_of, milliseconds, offset_of
from indexer.metadata.timestamps import Clock
from tests.bounded import grows_linearly


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:30:05", Clock(12, 30, 5)),
        (" 9: 5: 3", Clock(9, 5, 3)),
        ("t12:30", Clock(12, 30)),
        ("12:30:05.25+02:00", Clock(12, 30, 5, 250, "+02:00")),
        ("12:30:05,5z", Clock(12, 30, 5, 500, "+00:00")),
        ("12:30:05 gmt-3", Clock(12, 30, 5, None, "-03:00")),
        ("12:30-05:00", Clock(12, 30, 0, None, "-05:00")),
        ("12:30:05 +99:00", Clock(12, 30, 5)),
        ("02:30:05 pm", Clock(14, 30, 5)),
        ("2:30:05pm", Clock(14, 30, 5)),
        ("pm 02:30:05", Clock(14, 30, 5)),
        ("02:30:05 p.m.", Clock(14, 30, 5)),
        ("02:30:05 p. m.", Clock(14, 30, 5)),
        ("下午 02:30", Clock(14, 30)),
        ("02:30:05 오후", Clock(14, 30, 5)),
        ("午前 02:30", Clock(2, 30)),
        ("12:30:05 am", Clock(0, 30, 5)),
        ("12:30:05 pm", Clock(12, 30, 5)),
        ("00:30:05 pm", Clock(12, 30, 5)),
        ("14:30:05 pm", Clock(14, 30, 5)),
        ("14:30:05 amsterdam", Clock(14, 30, 5)),
        ("12:30:05 amsterdam", None),
        ("at 12.30.05", Clock(12, 30, 5)),
        ("12-30-05-123", Clock(12, 30, 5, 123)),
        ("12 30 05", Clock(12, 30, 5)),
        ("12h30", Clock(12, 30)),
        ("123005", Clock(12, 30, 5)),
        ("123005123", Clock(12, 30, 5, 123)),
        ("123005+0200", Clock(12, 30, 5, None, "+02:00")),
        ("1230", Clock(12, 30)),
        ("24:10:00", Clock(24, 10)),
        ("23:59:60", Clock(23, 59, 60)),
        ("25:00:00", None),
        ("12:75:00", None),
        ("12:30:61", None),
        ("  :  :  ", None),
        ("  :30:05", None),
        ("12", None),
        ("12345", None),
        ("noon", None),
        ("", None),
    ],
)
def test_times_of_day(text: str, expected: Clock | None) -> None:
    assert clock_of(text) == expected


MORNINGS = "am|a.m.|a. m.|上午|午前|오전|π.μ.|πμ|ص|ق.ظ|dop.|de.|f.m.|öö"
AFTERNOONS = "pm|p.m.|p. m.|下午|午後|오후|μ.μ.|μμ|م|ب.ظ|odp.|du.|e.m.|ös"


@pytest.mark.parametrize("hour", range(1, 13))
def test_every_hour_with_every_half_of_the_day(hour: int) -> None:
    for halves, first in ((MORNINGS, 0), (AFTERNOONS, 12)):
        expected = Clock(first + hour % 12, 30, 5)
        for half in halves.split("|"):
            for text in (
                f"{hour}:30:05 {half}",
                f"{half} {hour}:30:05",
                f". {half} {hour:02}:30:05",
                f"{hour}.30.05{half}",
            ):
                assert clock_of(text) == expected, text
    assert [clock_of(f"{hour}:30:05 {letter}") for letter in "ap"] == [
        Clock(first + hour % 12, 30, 5) for first in (0, 12)
    ]


UNKNOWN = ("ch", "sa", "บ่าย", "da tarde", "nachmittags", "odpoledne", "délután", "popołudniu", "இ", "łm", "md", "pd")


@pytest.mark.parametrize("word", UNKNOWN)
def test_an_unknown_word_behind_an_hour_up_to_12_leaves_no_time(word: str) -> None:
    for hour in range(24):
        expected = None if 1 <= hour <= 12 else Clock(hour, 30, 5)
        assert clock_of(f"{hour:02}:30:05 {word}") == expected
        assert clock_of(f"{hour:02}:30:05 {word}", is_free=True) == Clock(hour, 30, 5)
        assert clock_of(f"{hour:02}:30:05+02:00 {word}") == Clock(hour, 30, 5, None, "+02:00")


ZONES = (
    "DST|CEST|(CEST)|CET|EST|PDT|BST|AEST|MSK|JST|MESZ|MEZ|[Europe/Berlin]|Eastern Daylight Time"
    "|Mitteleuropäische Sommerzeit|Uhr|h|hrs|s|Thu|ÿÿ"
)


@pytest.mark.parametrize("word", ZONES.split("|"))
def test_zones_and_words_for_hours_leave_the_time(word: str) -> None:
    for hour in range(24):
        assert clock_of(f"{hour:02}:30:05 {word}".lower()) == Clock(hour, 30, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+02:00", "+02:00"),
        ("+0200", "+02:00"),
        ("+2", "+02:00"),
        ("-03:30", "-03:30"),
        ("\u221203:30", "-03:30"),
        ("Z", "+00:00"),
        ("UTC", "+00:00"),
        ("GMT+5:45", "+05:45"),
        ("   :  ", None),
        ("+99:00", None),
        ("+02:75", None),
        ("02:00", None),
        ("", None),
        ("CEST", None),
        ("+02:00 or so", None),
    ],
)
def test_offsets(text: str, expected: str | None) -> None:
    assert offset_of(text) == expected


def test_milliseconds() -> None:
    digits = {"120": 120, "5": 500, "05 ": 50, "123456": 123, "00": 0}
    assert {text: milliseconds(text) for text in digits} == digits
    assert [milliseconds(text) for text in ("", "  ", "-1", "1.5", "٣")] == [None] * 5


# Digits, blanks and marks that several parts of a pattern may take took the square of their number.
@pytest.mark.parametrize(
    "text", ["'1' * n", "'1 ' * n", "' ' * n + '1'", "'1' + '-' * n", "'1:' * n + 'p'", "'.1' * n + 'm'"]
)
def test_clocks_take_linear_time(text: str) -> None:
    assert grows_linearly(
        f"""
from indexer.metadata.clocks import clock_of, milliseconds, offset_of
from indexer.metadata.places import angle
from indexer.metadata.spellings import parse_timestamp
def parse(text):
    for text in (text, text + "x", text + " pm"):
        clock_of(text), clock_of(text, is_free=True), offset_of(text), milliseconds(text)
        parse_timestamp(text), angle(text, "N", "NS")
compare(lambda n: {text}, parse, 10_000)
"""
    )
