"""Tests of search.csv_lines: what is written is read again, by any reader that keeps to RFC 4180."""

from __future__ import annotations

import csv
import io

import pytest

from search.csv_lines import csv_line, guarded


@pytest.mark.parametrize("odd", ["a\rb", "a\nb", "a\r\nb", "a,b", 'a"b', " a", "", "\udce9", "\r", "\r\n", "猫"])
def test_a_line_holds_its_cells(odd: str) -> None:
    line = csv_line([odd, "plain", 0.25])
    assert line.endswith(",plain,0.25\n") and not line.endswith("\r\n")
    assert list(csv.reader(io.StringIO(line, newline=""))) == [[odd, "plain", "0.25"]]
    for sign in "\r\n":
        assert line.removesuffix("\n").count(sign) == odd.count(sign)
    if "\r" in odd:
        assert line.startswith('"')


def test_plain_cells_are_not_quoted() -> None:
    assert csv_line(["a", 1, None]) == "a,1,\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_a_formula(start: str) -> None:
    """A spreadsheet goes by the first sign, perhaps after what can't be seen; an apostrophe makes it text."""
    for before in ("", " ", "\u00a0", "\u200b", "\ufeff", "\x00"):
        assert guarded(f"{before}{start}HYPERLINK(1)").startswith("'")
        within = guarded(f"a;{before}{start}cmd")
        assert within.startswith("a;'"), "where columns are separated by semicolons, this is a cell of its own"


@pytest.mark.parametrize("plain", ["", "a", "a=b", "a-b", "-0.5", "+3", "-1.5e-07", "12", "/p/-a.jpg", "cup, car"])
def test_what_is_no_formula_stays(plain: str) -> None:
    assert guarded(plain) == plain


@pytest.mark.parametrize("repeated", ["\t", "\n", ";", " ", "\u200b", "-", "\r\n"])
def test_no_cell_takes_long(repeated: str) -> None:
    """A pattern that tries each start anew would take hours."""
    assert len(guarded(f"a{repeated * 1_000_000}")) >= 1_000_000
