"""Tests of search.csv_lines: what is written is read again, by any reader that keeps to RFC 4180."""

from __future__ import annotations

import csv
import io

import pytest

from search.csv_lines import csv_line


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
