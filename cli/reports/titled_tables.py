"""Tables with a title above each: on a terminal, or as lines with tabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli.terminal.consoles import console, plain

if TYPE_CHECKING:
    from rich.table import Table

_BREAKS = str.maketrans({"\t": r"\t", "\n": r"\n", "\r": r"\r"})  # may be in a folder's name
NARROWEST = 80  # columns of a terminal; a narrower one breaks the lines itself, so that nothing is lost


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1  # how many columns, from the first, are not numbers
    is_matrix: bool = False  # whether the rows have the same names as the columns


def as_lines(section: Section) -> str:
    """Return a section as tab-separated lines under its title."""
    rows = ["\t".join(cell.translate(_BREAKS) for cell in row) for row in (section.columns, *section.rows)]
    return "\n".join([f"# {section.title}", *rows]) + "\n"


def print_sections(sections: Iterable[Section]) -> None:
    """Write sections to a terminal; a matrix too wide for it has numbers above its columns."""
    terminal = console()
    terminal.width = max(terminal.width, NARROWEST)
    unbounded = terminal.options.update(max_width=10_000)
    for section in sections:
        terminal.print(plain(section.title, "bold"))  # a table's own would be as narrow as it
        table = _table(section)
        if section.is_matrix and terminal.measure(table, options=unbounded).maximum > terminal.width:
            table = _table(_numbered(section))
        terminal.print(table)


def _table(section: Section) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for position, column in enumerate(section.columns):
        header = plain(column)
        if position < section.texts:
            table.add_column(header, overflow="fold")
        else:
            table.add_column(header, justify="right", no_wrap=True)
    for row in section.rows:
        table.add_row(*map(plain, row))
    return table


def _numbered(section: Section) -> Section:
    """Return a matrix with numbers instead of names above its columns."""
    columns = ["", *map(str, range(1, len(section.columns)))]
    rows = [[f"{number} {row[0]}", *row[1:]] for number, row in enumerate(section.rows, start=1)]
    return replace(section, columns=columns, rows=rows)
