"""Tests of spreadsheets: which rows a table has, however it was saved."""

from __future__ import annotations

import pytest

from search.spreadsheets import decoded, table_text, without_separator_line

ROWS = [["path", "class"], ["a b.jpg", "cup"], ['say "c".jpg', "car"]]


def csv_of(sign: str, end: str) -> str:
    return "".join(sign.join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in ROWS)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("before", ["", "sep={sign}{end}", "SEP={sign}{end}", '"sep={sign}"{end}', "{end} {end}"])
def test_every_way_to_save_a_table_gives_the_same_rows(sign: str, end: str, encoding: str, before: str) -> None:
    text = before.format(sign=sign, end=end) + csv_of(sign, end)
    table = table_text(decoded(text.encode(encoding)))
    assert [cells for _, cells in table.rows()] == ROWS
    numbers = [number for number, _ in table.rows()]
    first = 1 + before.count("{end}")
    assert numbers == [first, first + 1, first + 2]


@pytest.mark.parametrize(
    ("line", "sign"),
    [("sep=|", "|"), ("sep=:", ":"), ("sep=\\t", "\t"), ("sep=\t", "\t"), ("sep=;;;", ";"), ("Sep=,,", ",")],
)
def test_the_sign_that_is_named(line: str, sign: str) -> None:
    table = table_text(f"{line}\r\na{sign}b\r\n")
    assert (list(table.rows()), table.sign) == ([(2, ["a", "b"])], sign)


def test_a_sign_that_the_table_does_not_have_is_not_believed() -> None:
    assert [cells for _, cells in table_text("sep=;\npath,class\na.jpg,cup\n").rows()][1] == ["a.jpg", "cup"]


def test_a_line_break_in_a_cell_is_its_own() -> None:
    table = table_text('sep=,\r\npath,class\r\n"two\nlines.jpg",cup\r\n')
    assert list(table.rows()) == [(2, ["path", "class"]), (4, ["two\nlines.jpg", "cup"])]


@pytest.mark.parametrize("text", ["", "\n\n", "sep=;", "sep=;\r\n"])
def test_nothing_has_no_rows(text: str) -> None:
    assert list(table_text(text).rows()) == []


@pytest.mark.parametrize(
    "text", ["sep=a\npath\n", "sep=1\ncup\n", "separate\ncup\n", "cup\nsep=;\n", "sep\n", "sep=\n"]
)
def test_only_a_first_line_that_names_a_sign_is_dropped(text: str) -> None:
    assert without_separator_line(text) == text and table_text(text).text == text
    assert without_separator_line(f"sep=;\r\n{text}") == text
