"""Read CSV files with the classes or captions of pictures, as people and spreadsheets write them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import OnProblem, Problem
from indexer.paths import absolute, readable


def read_pairs(source: Path, column: str, report: OnProblem) -> tuple[list[tuple[Path, str]], int]:
    """Return the path and another column of a CSV file's rows, each pair once, and how many pictures are missing.

    Each missing picture is reported. Raises FolderError if all are, InvalidRequest for a file that is not well formed.
    """
    shown = readable(source)
    try:
        rows = list(_rows(source, column))
    except csv.Error as error:
        raise InvalidRequest(f"{shown} can't be read as CSV ({error}); save it as CSV UTF-8.") from error
    if not rows:
        raise InvalidRequest(f"{shown} has no rows below its header; add a picture a line.")
    there = {path: path.is_file() for _, path, _ in rows}
    for number, path, _ in rows:
        if not there[path]:
            report(Problem(path, f"no such file (line {number} of {shown})"))
    if not any(there.values()):
        raise FolderError(f"None of the pictures that {shown} names is there; its paths are relative to its folder.")
    if column == "class":
        _refuse_two_classes(rows, shown)
    kept = list(dict.fromkeys((path, value) for _, path, value in rows if there[path]))
    return kept, sum(not is_there for is_there in there.values())


def _rows(source: Path, column: str) -> Iterator[tuple[int, Path, str]]:
    """Yield the line number, the path and another column of each row; paths are relative to the file's folder."""
    shown = readable(source)
    text = _text(source)
    lines = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, delimiter=_delimiter(text))
    header = {(name or "").strip().lower(): name for name in lines.fieldnames or ()}
    if "path" not in header or column not in header:
        raise InvalidRequest(
            f"{shown} does not begin with a header that names the columns path and {column}; "
            f"write path,{column} into its first line."
        )
    for row in lines:
        path, value = ((row[header[name]] or "").strip() for name in ("path", column))
        if not any(map(_is_filled, row.values())):
            continue  # spreadsheets leave such rows at the end
        if not path or not value:
            raise InvalidRequest(f"Line {lines.line_num} of {shown} has no {'path' if value else column}; write both.")
        yield lines.line_num, absolute(Path(path) if path.startswith("~") else source.parent / path), value


def _is_filled(cell: str | list[str] | None) -> bool:
    """Say whether a cell has text, or any of the cells beyond the header's."""
    return any(map(_is_filled, cell)) if isinstance(cell, list) else bool(cell and cell.strip())


def _delimiter(text: str) -> str:
    """Return what separates the columns: Excel writes semicolons where decimals have a comma, and tabs "as text"."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _refuse_two_classes(rows: Sequence[tuple[int, Path, str]], shown: str) -> None:
    """Raise InvalidRequest for a picture with two classes."""
    known: dict[Path, str] = {}
    for number, path, name in rows:
        if known.setdefault(path, name) != name:
            raise InvalidRequest(
                f"Line {number} of {shown} calls {readable(path.name)} {name!r}, a line before calls it "
                f"{known[path]!r}; leave one of them."
            )


def _text(source: Path) -> str:
    try:
        content = source.read_bytes()
        is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # Excel's "Unicode text"
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidRequest(
            f"{readable(source)} is no folder and no CSV file in UTF-8; name a folder with a folder per class, "
            "or save the table as CSV UTF-8."
        ) from error
