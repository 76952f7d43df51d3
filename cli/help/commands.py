"""The commands as click has them, but with help that can be taken in: options under headings, in one column."""

from __future__ import annotations

import inspect
import re

import click

SHORT = 60  # characters that the summary of a command may have


class HelpedCommand(click.Command):
    """A command whose help lists its options under headings."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        from cli.help.layout import write_paragraphs

        write_paragraphs(formatter, inspect.cleandoc(self.help or ""))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        from cli.help.layout import sections_of, write_sections

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
        from cli.help.layout import sections_of, write_sections

        commands = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        write_sections(formatter, {"Commands": commands, **sections_of(self, ctx)})
