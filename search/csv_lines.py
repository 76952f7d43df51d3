"""Lines of CSV files (RFC 4180, but ended by a line feed alone, as is usual on Unix)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_line(cells: Iterable[object]) -> str:
    """Return a line with its line feed; a cell with a comma, a quote or a line break of any kind is quoted."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)  # only with "\r\n" does it quote carriage returns before Python 3.13
    return text.getvalue().removesuffix("\r\n") + "\n"
