"""The commands as click has them, but with help that can be taken in: options under headings, in one column."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

from cli.help.headings import ORDER, PLAIN, heading_of
from cli.help.layout import Rows, write_sections

FEW = 7  # options that need no headings
_RANGE = re.compile(r"  \[(?:[\d.]+<=?)?x(?:[<>]=?[\d.]+)?\]$")  # of numbers; a wrong one is told


class HelpedCommand(click.Command):
    """A command whose help lists its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        write_sections(formatter, sections_of(self, ctx))


class HelpedGroup(click.Group):
    """A group of such commands."""

    command_class = HelpedCommand


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
