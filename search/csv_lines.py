"""Lines of CSV files: RFC 4180, but ended by a line feed alone, as is usual on Unix; and cells that are no formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# What a spreadsheet begins a formula with, also in its full width; where columns may be separated by a semicolon or a
# tab, as in many countries, one may begin within a cell.
_UNSEEN = r"(?:[^\S\t\r\n]|[\x00-\x08\x0e-\x1b\x7f\u200b-\u200f\u2060\ufeff])*"
_FORMULA = re.compile(rf"(?:^|(?<=[;\t\r\n]))(?={_UNSEEN}[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])|^(?=\n)")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")


def csv_line(cells: Iterable[object]) -> str:
    """Return a line with its line feed; a cell with a comma, a quote or a line break of any kind is quoted."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)  # only with "\r\n" does it quote carriage returns before Python 3.13
    return text.getvalue().removesuffix("\r\n") + "\n"


def guarded(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text: an apostrophe stands before what would begin a formula.

    See https://owasp.org/www-community/attacks/CSV_Injection. Numbers stay numbers.
    """
    return cell if _NUMBER.fullmatch(cell) else _FORMULA.sub("'", cell)
