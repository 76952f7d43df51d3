"""Results on stdout, as a table, tab-separated lines, JSON, JSON lines, CSV or bare paths; all else on stderr.

Paths come out byte for byte as the file system has them, also where they are not UTF-8; in a table and in JSON
such bytes are written as \\xNN.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from indexer.paths import readable

Cell = str | float | Path | None

PIECES_AT_ONCE = 1_000  # rows that are written together


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """The format in which results are written; raises click.UsageError for -0 with one that is not bare paths."""

    form: str = "table"
    nul: bool = False

    def __post_init__(self) -> None:
        if self.nul and self.form not in ("table", "paths"):
            raise click.UsageError("-0 writes bare paths; leave --format out.")


TABLE = OutputOptions()


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal; one that the shell closed is None."""
    return stream is not None and stream.isatty()


def tell(message: str) -> None:
    """Write a line to stderr."""
    click.echo(readable(message), err=True)


def write_rows(
    rows: Iterable[Mapping[str, Cell]],
    columns: Sequence[str],
    output: OutputOptions = TABLE,
    records: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """Write rows in a format; `records` are the JSON objects, where those have more than the columns."""
    form, nul = output.form, output.nul
    if nul or form == "paths":
        write_paths((str(row["path"]) for row in rows), nul)
    elif form in ("json", "jsonl"):
        _write_json(rows if records is None else records, form)
    elif form == "csv":
        _write_pieces(_csv(rows, columns))
    elif is_terminal(sys.stdout):
        _write_table(rows, columns)
    else:
        broken = Counter[bool]()  # whether a row has a line break of its own
        _write_pieces(_line(row, columns, broken) for row in rows)
        _warn_of_line_breaks(broken[True])


def write_paths(paths: Iterable[str | Path], nul: bool = False) -> None:
    """Write paths, each once and with a line feed, or a NUL byte, after it."""
    each = dict.fromkeys(map(os.fsencode, paths))  # a video may have several hits
    write_bytes(b"".join(path + (b"\0" if nul else b"\n") for path in each))
    if not nul:
        _warn_of_line_breaks(sum(b"\n" in path for path in each))


def _line(row: Mapping[str, Cell], columns: Sequence[str], broken: Counter[bool]) -> str:
    """Return a tab-separated line, and count whether it is several."""
    line = "\t".join(_plain(row[column]) for column in columns)
    broken["\n" in line] += 1
    return f"{line}\n"


def _warn_of_line_breaks(count: int) -> None:
    """Say that lines are not what they seem."""
    if count:
        tell(f"{counted(count, 'name')} with a line break, so lines are not names here; use -0 or --format csv.")


def _write_pieces(pieces: Iterable[str]) -> None:
    """Write pieces of text, many at once, so that a million rows are never in memory together."""
    rest = iter(pieces)
    while first := list(itertools.islice(rest, PIECES_AT_ONCE)):
        write_bytes("".join(first).encode("utf-8", "surrogateescape"))


def _write_json(records: Iterable[Mapping[str, Any]], form: str) -> None:
    """Write a list, or an object a line; in UTF-8 whatever the locale, as JSON is."""
    plain = ({key: _json_value(value) for key, value in record.items()} for record in records)
    if form == "json":
        _write_pieces(_json_list(plain))
    else:
        _write_pieces(json.dumps(record, ensure_ascii=False) + "\n" for record in plain)


def _json_list(objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the pieces of a list, as json.dumps writes it with an indent of 2."""
    opening = "["
    for record in objects:
        yield opening + json.dumps([record], ensure_ascii=False, indent=2)[1:-2]
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _json_value(value: Any) -> Any:
    """Return a value that JSON takes."""
    if isinstance(value, Path):
        return readable(value)
    return round(value, 6) if isinstance(value, float) else value


def _plain(value: Cell) -> str:
    """Return a cell as text."""
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _csv(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a CSV file, the names of the columns first."""
    from search.csv_lines import csv_line

    yield csv_line(columns)
    for row in rows:
        yield csv_line([_plain(row[column]) for column in columns])


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


def counted(number: int, what: str, form: str = "") -> str:
    """Return a number of things, such as "1 file" or "2 files"; written as `form` says, such as "," for thousands."""
    return f"{number:{form}} {what}{'s' * (number != 1)}"


def human_size(count: int) -> str:
    """Return a number of bytes as people read it."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def harmless(text: str) -> str:
    """Escape control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def confirm_forgetting(question: str, yes: bool) -> None:
    """Ask on a terminal, unless it is a `yes` already; ends with exit code 1 if the answer is no."""
    if not yes and is_terminal(sys.stdin) and not click.confirm(question, err=True):
        tell("Nothing was forgotten.")
        raise click.exceptions.Exit(1)


def write_bytes(content: bytes) -> None:
    """Write bytes to stdout, whatever its encoding."""
    stream: BinaryIO = sys.stdout.buffer
    stream.write(content)
    stream.flush()
