"""The commands as click has them, but with help that can be taken in: options under headings, in one column."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

from cli.help.headings import ORDER, PLAIN, heading_of
from cli.help.layout import Rows, write_sections

FEW = 7  # options that need no headings
SHORT = 60  # characters that the summary of a command may have
_RANGE = re.compile(r"  \[(?:[\d.]+<=?)?x(?:[<>]=?[\d.]+)?\]$")  # of numbers; a wrong one is told


class HelpedCommand(click.Command):
    """A command whose help lists its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        write_sections(formatter, sections_of(self, ctx))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what the help begins with, which is short enough for any list of commands (`SHORT`)."""
        return re.split(r"[:;.](?=\s|$)", self.help or "", maxsplit=1)[0].replace("\n", " ") + "."


class HelpedGroup(click.Group):
    """A group of such commands, listed in the order in which they were made."""

    command_class = HelpedCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, and the options."""
        commands = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        write_sections(formatter, {"Commands": commands, **sections_of(self, ctx)})


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
