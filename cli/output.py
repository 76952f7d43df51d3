"""Results on stdout, as a table, tab-separated lines, JSON, JSON lines, CSV or bare paths; all else on stderr.

Paths come out byte for byte as the file system has them, also where they are not UTF-8; in a table and in JSON
such bytes are written as \\xNN.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from indexer.paths import readable

Cell = str | float | Path | None


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person reads the stream; one that the shell closed is None."""
    return stream is not None and stream.isatty()


def tell(message: str) -> None:
    """Write a line to stderr."""
    click.echo(readable(message), err=True)


def write_rows(
    rows: Iterable[Mapping[str, Cell]],
    columns: Sequence[str],
    form: str,
    nul: bool,
    records: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """Write rows in a format; `records` are what JSON shows where that is more than the columns."""
    if nul or form == "paths":
        paths = dict.fromkeys(os.fsencode(str(row["path"])) for row in rows)  # a video may have several hits
        write_bytes(b"".join(path + (b"\0" if nul else b"\n") for path in paths))
    elif form in ("json", "jsonl"):
        _write_json(rows if records is None else records, form)
    elif form == "csv":
        write_bytes(_csv(rows, columns).encode("utf-8", "surrogateescape"))
    elif is_terminal(sys.stdout):
        _write_table(rows, columns)
    else:
        lines = ("\t".join(_plain(row[column]) for column in columns) for row in rows)
        write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))


def _write_json(records: Iterable[Mapping[str, Any]], form: str) -> None:
    """Write a list, or an object a line; in UTF-8 whatever the locale, as JSON is."""
    plain = ({key: _json_value(value) for key, value in record.items()} for record in records)
    if form == "json":
        text = json.dumps(list(plain), ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in plain)
    write_bytes(text.encode("utf-8"))


def _json_value(value: Any) -> Any:
    """Return a value that JSON takes."""
    if isinstance(value, Path):
        return readable(str(value))
    return round(value, 6) if isinstance(value, float) else value


def _plain(value: Cell) -> str:
    """Return a cell as text."""
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _csv(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def _write_table(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold", justify="left" if column in ("path", "class") else "right")
    for row in rows:
        cells = [Text(harmless(readable(_plain(row[column])))) for column in columns]
        table.add_row(*cells)
    Console().print(table)


def harmless(text: str) -> str:
    """Escape control characters, which a terminal would obey."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def write_bytes(content: bytes) -> None:
    """Write bytes to stdout, whatever its encoding."""
    stream: BinaryIO = sys.stdout.buffer
    stream.write(content)
    stream.flush()
