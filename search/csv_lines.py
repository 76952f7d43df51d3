"""Lines of CSV files (RFC 4180, but with bare line feeds, as everything on Unix has)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def csv_line(cells: Iterable[object]) -> str:
    """Return a line with its end; a cell with a comma, a quote or a line break of any kind is quoted."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)  # whose own line ends make it quote carriage returns, before Python 3.13
    return text.getvalue().removesuffix("\r\n") + "\n"
