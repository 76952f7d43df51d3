"""A table on a terminal, line by line: the path last and whole, so that it can be selected and copied.

The first rows decide how wide columns are, and whether sentences, such as reasons, have a column or stand below their
row; so a million rows are never in memory together. What is longer than its column sticks out of it: nothing is cut.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.shown.columns import Column, Value, column_of
from cli.shown.paths import Folders, address_of, shell_word
from cli.terminal.drawing import Line, Piece, draw_lines, width_of
from indexer.addresses import is_url

MEASURED = 1_000  # rows
GAP = "  "
USUAL_WIDTH = 80  # columns of a terminal that says that it has none
WIDEST_SHARE = 0.6  # of the terminal, for a column of words
LEAST_FOR_PROSE = 24  # columns; with fewer, sentences stand below their row
INDENT = "    "  # of these
NO_PROSE = ("", "-")


def write_table(rows: Iterable[Mapping[str, Value]], names: Sequence[str]) -> None:
    """Write rows with headings; an empty row is an empty line, and no rows are nothing."""
    columns = {name: column_of(name) for name in names}
    rest = iter(rows)
    folders = Folders.now()
    first = [_Row.of(row, columns, folders) for row in itertools.islice(rest, MEASURED)]
    if not first:
        return  # a head alone says nothing
    layout = _Layout.of(columns, first)
    others = (_Row.of(row, columns, folders) for row in rest)
    lines = (line for row in itertools.chain(first, others) for line in layout.lines(row))
    draw_lines(itertools.chain([layout.head()], lines))


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row as they are shown, none if it is empty."""

    cells: Mapping[str, str]
    links: Mapping[str, str]  # of paths

    @classmethod
    def of(cls, row: Mapping[str, Value], columns: Mapping[str, Column], folders: Folders) -> _Row:
        values = {name: row[name] for name in columns}
        if not any(value is not None and value != "" for value in values.values()):
            return cls({}, {})
        named = {
            name: value
            for name, value in values.items()
            if value and (isinstance(value, Path) or columns[name].kind == "path")
        }
        urls = {name: str(value) for name, value in named.items() if is_url(str(value))}
        paths = {name: Path(str(value)) for name, value in named.items() if name not in urls}
        cells = {name: columns[name].shown(value) for name, value in values.items() if name not in named}
        cells |= {name: folders.short(path) for name, path in paths.items()}
        cells |= {name: shell_word(url) for name, url in urls.items()}  # without a link: it may be anyone's
        return cls(cells, {name: address_of(path) for name, path in paths.items() if path.is_absolute()})


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns there are side by side, how wide, and which stand below each row."""

    columns: Mapping[str, Column]
    widths: Mapping[str, int]  # of those side by side, in their order
    below: tuple[str, ...]
    available: int

    @classmethod
    def of(cls, columns: Mapping[str, Column], rows: Sequence[_Row]) -> _Layout:
        available = shutil.get_terminal_size((USUAL_WIDTH, 24)).columns
        longest = {name: max((width_of(row.cells.get(name, "")) for row in rows), default=0) for name in columns}
        prose = [name for name, column in columns.items() if column.kind == "prose"]
        prose = [name for name in prose if any(row.cells.get(name, "") not in NO_PROSE for row in rows)]
        last = [name for name, column in columns.items() if column.kind == "path"]
        words = [name for name, column in columns.items() if column.kind in ("word", "number")]
        widths = {name: _width(columns[name], longest[name], available) for name in words}
        taken = sum(widths.values()) + len(GAP) * len(words)
        needed = taken + sum(max(longest[name], len(columns[name].heading)) + len(GAP) for name in (*prose, *last))
        fits = needed - len(GAP) <= available or (not last and len(prose) == 1 and available - taken >= LEAST_FOR_PROSE)
        beside = prose if fits else []
        widths |= {name: min(longest[name], available) for name in beside} | dict.fromkeys(last, 0)
        return cls(columns, widths, () if fits else tuple(prose), available)

    def head(self) -> Line:
        """Return the line of headings."""
        cells = {name: self.columns[name].heading for name in self.widths}
        return [Piece(self._beside(cells, self.widths)[0].rstrip(), "bold")]

    def lines(self, row: _Row) -> Iterator[Line]:
        """Yield the lines of a row."""
        if not row.cells:
            yield []
            return
        names = list(self.widths)
        last = names[-1] if names else ""
        start, width = self._beside(row.cells, names[:-1])
        kind = self.columns[last].kind if names else "word"
        if kind == "prose":
            first, *others = wrapped(row.cells[last], self.available - width)
            yield [Piece(start + first)]
            yield from ([Piece(" " * width + line)] for line in others)
        elif names:
            end = row.cells[last] if kind == "path" else self._aligned(last, row.cells[last]).rstrip()
            yield [Piece(start), Piece(end, link=row.links.get(last, ""))]
        for name in self.below:
            sentences = (
                wrapped(row.cells[name], self.available - len(INDENT)) if row.cells[name] not in NO_PROSE else []
            )
            yield from ([Piece(INDENT + line)] for line in sentences)

    def _beside(self, cells: Mapping[str, str], names: Iterable[str]) -> tuple[str, int]:
        """Return cells side by side, and how many columns they take at least."""
        names = list(names)
        text = "".join(self._aligned(name, cells[name]) + GAP for name in names)
        return text, sum(self.widths[name] + len(GAP) for name in names)

    def _aligned(self, name: str, cell: str) -> str:
        blanks = " " * (self.widths[name] - width_of(cell))
        return blanks + cell if self.columns[name].kind == "number" else cell + blanks


def _width(column: Column, longest: int, available: int) -> int:
    """Return how wide a column is: of words not much of the terminal, as longer ones may stick out."""
    widest = longest if column.kind == "number" else min(longest, max(8, int(available * WIDEST_SHARE)))
    return max(width_of(column.heading), widest)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken between words; at least one, and a word that is longer stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(longer) <= max(width, 1) or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
