"""Read CSV files with the classes or captions of pictures, as people and spreadsheets write them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import OnProblem, Problem
from indexer.paths import absolute, readable
from indexer.spelling import NamesOnDisk
from indexer.wording import too_large
from search.labels.classes import tidy
from search.spreadsheets import decoded, table_text
from search.texts.long_texts import LONGEST_TEXT

LARGEST = 64 * 2**20  # bytes; the captions of COCO have 50 million, and a row takes a kilobyte of memory
LONGEST_PATH = 4096  # characters; systems have no longer ones


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
    there = {path: _is_file(path) for _, path, _ in rows}
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
    shown, names = readable(source), NamesOnDisk()
    rows = table_text(_text(source)).rows()
    _, titles = next(rows, (0, []))
    header = {title.strip().lower(): position for position, title in enumerate(titles)}
    if "path" not in header or column not in header:
        raise InvalidRequest(
            f"{shown} does not begin with a header that names the columns path and {column}; "
            f"write path,{column} into its first line."
        )
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue  # spreadsheets leave such rows at the end
        path, value = (_cell(cells, header[name]) for name in ("path", column))
        for name, text, longest in (("path", path, LONGEST_PATH), (column, value, LONGEST_TEXT)):
            if len(text) > longest:
                raise InvalidRequest(f"Line {number} of {shown} has a {name} of more than {longest:,} characters.")
        if not path.strip() or not value.strip():
            missing = "path" if value.strip() else column
            raise InvalidRequest(f"Line {number} of {shown} has no {missing}; write both.")
        yield number, _picture(source.parent, path, names), tidy(value) if column == "class" else value.strip()


def _cell(cells: Sequence[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""


def _picture(folder: Path, written: str, names: NamesOnDisk) -> Path:
    """Return the absolute path of a picture that a table names, by a path relative to its folder.

    The file of the very name is taken if there is one. Else blanks around it don't count, backslashes are those of
    Windows, and line breaks within it may have been changed by a spreadsheet.
    """
    plain = written.strip()
    spellings = (written, plain, plain.replace("\r\n", "\n"), plain.replace("\\", "/"))
    paths = [
        absolute(Path(path) if path.startswith("~") else folder / path, names) for path in dict.fromkeys(spellings)
    ]
    return next((path for path in paths if os.path.lexists(path)), paths[-1])


def _is_file(path: Path) -> bool:
    """Return whether there is a file; some names are no file's, such as one that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


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
        with source.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InvalidRequest(f"{readable(source)} is {too_large(LARGEST)}, which no truth is; check what it is.")
        if "\0" in (text := decoded(content)):
            raise InvalidRequest(f"{readable(source)} is not text; save the table as CSV UTF-8.")
        return text
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidRequest(
            f"{readable(source)} is no folder and no CSV file in UTF-8; name a folder with a folder per class, "
            "or save the table as CSV UTF-8."
        ) from error
