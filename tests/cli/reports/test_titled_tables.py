"""Tests of cli.reports.titled_tables, which tests/cli/reports/test_tables.py draws on a terminal."""

from __future__ import annotations

from cli.reports.titled_tables import Section, as_lines


def test_a_name_does_not_break_the_lines_of_a_table() -> None:
    text = as_lines(Section("title", ["class", "pictures"], [["a\tb\nc", "1"], ["family 👩\u200d👧", "2"]]))
    assert text == "# title\nclass\tpictures\na\\tb\\nc\t1\nfamily 👩\u200d👧\t2\n"
