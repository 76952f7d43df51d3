"""Results on stdout, as a table, tab-separated lines, JSON, JSON lines, CSV or bare paths; all else on stderr.

Paths come out byte for byte as the file system has them, also where they are not UTF-8; in JSON and on a terminal such
bytes are written as \\xNN, and on a terminal so is all that it would obey.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click

from cli.terminal.streams import is_terminal
from indexer.harmless import harmless, harmless_lines, spelled_in_json, unmistakable
from indexer.paths import readable
from indexer.wording import counted
from search.json_text import json_text

Cell = str | float | Path | None

CSV_FORMS = ("csv", "spreadsheet")
PIECES_AT_ONCE = 1_000  # rows that are written together


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """The format in which results are written; raises click.UsageError for -0 with one that is not bare paths."""

    form: str = "table"
    nul: bool = False

    def __post_init__(self) -> None:
        if self.nul and self.form not in ("table", "paths"):
            raise click.UsageError("-0 writes bare paths; leave --format out.")

    @property
    def is_csv(self) -> bool:
        """Whether the rows are lines of a CSV file."""
        return self.form in CSV_FORMS


TABLE = OutputOptions()


def tell(message: str) -> None:
    """Write a message to stderr as one line, whatever the names in it hold: who reads a log counts on that."""
    click.echo(harmless(message), err=True)


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
    elif output.is_csv:
        _write_pieces(_csv(rows, columns, csv_cell(form)), csv_mark(form))
    elif is_terminal(sys.stdout):
        from cli.shown.table import write_table

        write_table(rows, columns)
    else:
        broken = Counter[bool]()  # whether a row has a line break of its own
        _write_pieces(_line(row, columns, broken) for row in rows)
        _warn_of_line_breaks(broken[True])


def write_paths(paths: Iterable[str | Path], nul: bool = False) -> None:
    """Write paths, each once and with a line feed, or a NUL byte, after it."""
    each = dict.fromkeys(map(os.fsencode, paths))  # a video may have several hits
    if is_terminal(sys.stdout):
        each = dict.fromkeys(unmistakable(os.fsdecode(path)).encode() for path in each)
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


def _write_pieces(pieces: Iterable[str], start: str = "") -> None:
    """Write pieces of text, many at once, so that a million rows are never in memory together."""
    rest = itertools.chain([start] if start else (), pieces)
    while first := list(itertools.islice(rest, PIECES_AT_ONCE)):
        write_bytes("".join(first).encode("utf-8", "surrogateescape"))


def _write_json(records: Iterable[Mapping[str, Any]], form: str) -> None:
    """Write a list, or an object a line; in UTF-8 whatever the locale, as JSON is."""
    plain = ({key: _json_value(value) for key, value in record.items()} for record in records)
    pieces = _json_list(plain) if form == "json" else (json_text(record) + "\n" for record in plain)
    _write_pieces(map(json_shown, pieces) if is_terminal(sys.stdout) else pieces)


def json_shown(text: str) -> str:
    """Return JSON that means the same, in which strings have nothing that a terminal obeys or does not show."""
    return harmless_lines(text, spelled_in_json)


def _json_list(objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the pieces of a list, as json.dumps writes it with an indent of 2."""
    opening = "["
    for record in objects:
        yield opening + json_text([record], indent=2)[1:-2]
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


def _csv(
    rows: Iterable[Mapping[str, Cell]], columns: Sequence[str], shown: Callable[[str], str] | None
) -> Iterator[str]:
    """Yield the lines of a CSV file, the names of the columns first."""
    from search.csv_lines import csv_line

    for cells in itertools.chain([columns], ([_plain(row[column]) for column in columns] for row in rows)):
        yield csv_line(cells if shown is None else map(shown, cells))


def csv_cell(form: str) -> Callable[[str], str] | None:
    """Return what cells of a CSV file on stdout are put through; None for programs, which get them as they are."""
    from search.csv_lines import guarded

    if is_terminal(sys.stdout):
        return unmistakable if form == "csv" else lambda cell: guarded(unmistakable(cell))
    return None if form == "csv" else lambda cell: guarded(readable(cell))


def csv_mark(form: str) -> str:
    """Return what a CSV file on stdout begins with: by a byte order mark spreadsheets take it for UTF-8."""
    return "\ufeff" if form == "spreadsheet" and not is_terminal(sys.stdout) else ""


def confirmed(question: str) -> bool:
    """Ask, and return whether the answer is yes."""
    try:
        return click.confirm(harmless(question), err=True)
    except click.Abort:
        if is_terminal(sys.stderr):
            tell("")  # what is said next begins a line
        raise


def confirm_forgetting(question: str, yes: bool) -> None:
    """Ask on a terminal, unless it is a `yes` already; ends with exit code 1 if the answer is no."""
    if not yes and is_terminal(sys.stdin) and not confirmed(question):
        tell("Nothing was forgotten.")
        raise click.exceptions.Exit(1)


def write_bytes(content: bytes) -> None:
    """Write bytes to stdout, whatever its encoding."""
    stream: BinaryIO = sys.stdout.buffer
    stream.write(content)
    stream.flush()
