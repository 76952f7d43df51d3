"""Lists of names and what they are, as help shows them.

Lines are not broken within an example or an option's name, so that these can be copied, and no line is a single short
word if that can be helped.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

import click

from cli.help.headings import ORDER, PLAIN, heading_of

FEW = 8  # options that need no headings
WIDEST = 26  # columns of an option's name; what is longer has a line of its own
NARROWEST = 20  # columns of the text beside them
_HELD_TOGETHER = re.compile(r"Example: \S.*?(?=  \[|$)|\[(?:default|env var): [^\]]*\]")
_RANGE = re.compile(r"  \[(?:[\d.]+<=?)?x(?:[<>]=?[\d.]+)?\]$")  # of numbers; a wrong one is told
_GLUE = "\x00"  # between words that stay on a line

Rows = list[tuple[str, str]]


def sections_of(command: click.Command, context: click.Context) -> Mapping[str, Rows]:
    """Return a command's options and what help says of them, by heading."""
    sections: dict[str, Rows] = {heading: [] for heading in ORDER}
    for parameter in command.get_params(context):
        row = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and row is not None:
            sections[heading_of(parameter)].append((row[0], _RANGE.sub("", row[1])))
    if sum(map(len, sections.values())) <= FEW:
        return {PLAIN: [row for rows in sections.values() for row in rows]}
    return {heading: rows for heading, rows in sections.items() if rows}


def write_paragraphs(formatter: click.HelpFormatter, text: str) -> None:
    """Write paragraphs, those behind a line of "\\b" as they are."""
    with formatter.indentation():
        margin = " " * formatter.current_indent
        for paragraph in text.split("\n\n"):
            first, *rest = paragraph.split("\n")
            lines = rest if first == "\b" else wrapped(" ".join([first, *rest]), formatter.width - len(margin))
            formatter.write_paragraph()
            formatter.write("".join(f"{margin}{line}\n" for line in lines))


def write_sections(formatter: click.HelpFormatter, sections: Mapping[str, Rows]) -> None:
    """Write sections of names and what they are, all in the same two columns."""
    width = _width(formatter, [name for rows in sections.values() for name, _ in rows], WIDEST)
    for heading, rows in sections.items():
        with formatter.section(heading):
            for name, text in rows:
                _write_row(formatter, name, text, width)


def write_rows(formatter: click.HelpFormatter, rows: Sequence[tuple[str, str]], widest: int) -> None:
    """Write names and what they are in two columns, the first no wider than that."""
    width = _width(formatter, [name for name, _ in rows], widest)
    for name, text in rows:
        _write_row(formatter, name, text, width)


def _width(formatter: click.HelpFormatter, names: Iterable[str], widest: int) -> int:
    """Return how wide the column of names is; on a narrow terminal most of them have a line of their own."""
    most = max(min(widest, formatter.width - NARROWEST - 4), 2)
    return max((len(name) for name in names if len(name) <= most), default=most)


def _write_row(formatter: click.HelpFormatter, name: str, text: str, width: int) -> None:
    """Write one row; a name that is too long for its column has a line of its own."""
    margin = " " * formatter.current_indent
    first, *more = wrapped(text, max(formatter.width - len(margin) - width - 2, NARROWEST)) or [""]
    if len(name) > width:
        formatter.write(f"{margin}{name}\n")
        name = ""
    formatter.write(f"{margin}{name:<{width}}  {first}".rstrip() + "\n")
    for line in more:
        formatter.write(f"{margin}{'':<{width}}  {line}\n")


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most a width, but for what can't be broken."""
    glued = _HELD_TOGETHER.sub(lambda found: _glued(found[0], width), text)
    lines = _lines(glued, width)
    narrower = width
    while len(lines) > 1 and _is_lonely(lines[-1]) and narrower > width * 2 // 3:
        narrower -= 1
        tried = _lines(glued, narrower)
        if len(tried) == len(lines) and not _is_lonely(tried[-1]):
            lines = tried
    return [line.replace(_GLUE, " ") for line in lines]


def _glued(words: str, width: int) -> str:
    return words.replace(" ", _GLUE) if len(words) <= width else words


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _is_lonely(line: str) -> bool:
    """Return whether a last line is one short word."""
    return len(line) < 12 and " " not in line and _GLUE not in line
