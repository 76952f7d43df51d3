"""CSV files that tell a class or a caption of pictures, as people and spreadsheets write them."""

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
    """Return path and another column of a CSV file's rows, each pair once, and how many files are not there.

    Those are reported. Raises FolderError if none is there, InvalidRequest for a file that is not as it should be.
    """
    shown = readable(source)
    try:
        rows = list(_rows(source, column))
    except csv.Error as error:
        raise InvalidRequest(f"{shown} can't be read as CSV ({error}); save it as CSV UTF-8.") from error
    if not rows:
        raise InvalidRequest(f"{shown} has no rows below its header; add a picture a line.")
    there = {place: place.is_file() for _, place, _ in rows}
    for number, place, _ in rows:
        if not there[place]:
            report(Problem(place, f"no such file (line {number} of {shown})"))
    if not any(there.values()):
        raise FolderError(f"None of the pictures that {shown} names is there; its paths are relative to its folder.")
    if column == "class":
        _refuse_two_classes(rows, shown)
    kept = list(dict.fromkeys((place, value) for _, place, value in rows if there[place]))
    return kept, sum(not found for found in there.values())


def _rows(source: Path, column: str) -> Iterator[tuple[int, Path, str]]:
    """Yield the line's number, the path and another column of each row; paths are relative to the file's folder."""
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
    """Say whether there is something in a cell, or in the cells beyond the header's."""
    return any(map(_is_filled, cell)) if isinstance(cell, list) else bool(cell and cell.strip())


def _delimiter(text: str) -> str:
    """Return what separates the columns: where the comma is for decimals, Excel writes semicolons, and as text tabs."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _refuse_two_classes(rows: Sequence[tuple[int, Path, str]], shown: str) -> None:
    """Raise InvalidRequest for a picture that is said to be of two classes."""
    known: dict[Path, str] = {}
    for number, place, name in rows:
        if known.setdefault(place, name) != name:
            raise InvalidRequest(
                f"Line {number} of {shown} calls {readable(place.name)} {name!r}, a line before calls it "
                f"{known[place]!r}; leave one of them."
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
