"""Tables as people and spreadsheets save them: with commas, semicolons or tabs, UTF-8 or UTF-16, a line "sep=;".

Excel writes semicolons where decimals have a comma, tabs and UTF-16 "as text", and understands a first line that names
the sign between the columns; other programs write that line for it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

SIGNS = ",;\t"
_BLANKS = re.compile(r"[ \t\r\n]*")
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>\\t|\t|[^\w\s"])"?[,;\t ]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Return a file's text: UTF-8, or UTF-16 with a byte order mark; raises UnicodeDecodeError for anything else."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf16 else "utf-8-sig")


@dataclass(frozen=True, slots=True)
class TableText:
    """The text of a table from its first row on, the sign between its columns, and how many lines came before."""

    text: str
    sign: str
    lines_before: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of the line that each row ends in, and its cells; raises csv.Error."""
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.sign, skipinitialspace=True)
        for cells in lines:
            yield self.lines_before + lines.line_num, cells


def table_text(text: str) -> TableText:
    """Return a table without the lines before its first row; its sign is the one that is most frequent in that row.

    A sign that a line "sep=;" names is taken if the row has it at all.
    """
    start = _first_line(text, 0)
    separator = _SEPARATOR_LINE.match(text, start)
    if separator is not None:
        start = _first_line(text, separator.end())
    first = re.split(r"[\r\n]", text[start:], maxsplit=1)[0]
    sign = max(SIGNS, key=first.count)
    if separator is not None and (named := separator["sign"].replace("\\t", "\t")) in first:
        sign = named
    return TableText(text[start:], sign, len(re.findall(r"\r\n|\r|\n", text[:start])))


def without_separator_line(text: str) -> str:
    """Return a text without a first line such as "sep=;"."""
    separator = _SEPARATOR_LINE.match(text, _first_line(text, 0))
    return text if separator is None else text[separator.end() :]


def _first_line(text: str, start: int) -> int:
    """Return where the first line begins, from an offset on, that is not blank; the end if all are."""
    match = _BLANKS.match(text, start)
    end = start if match is None else match.end()
    if end == len(text):
        return end
    return max(start, text.rfind("\r", start, end) + 1, text.rfind("\n", start, end) + 1)
