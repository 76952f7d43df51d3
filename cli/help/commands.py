"""The commands as click has them, but with help that can be taken in: options under headings, in one column."""

from __future__ import annotations

import inspect
import re

import click

NARROWEST = 30  # columns of help
SHORT = 60  # characters that the summary of a command may have


class HelpedContext(click.Context):
    """A context whose help fits on a narrow terminal too; click's is 50 columns wide at least."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return the formatter, no wider than the terminal."""
        from shutil import get_terminal_size

        formatter = super().make_formatter()
        if self.terminal_width is None:
            formatter.width = max(min(formatter.width, get_terminal_size().columns - 2), NARROWEST)
        return formatter


class HelpedCommand(click.Command):
    """A command whose help lists its options under headings."""

    context_class = HelpedContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; whoever takes a word with a dash for one is told how it is written."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from cli.help.suggestions import behind_dashes

            takes_words = any(isinstance(one, click.Argument) for one in self.params)
            if takes_words and (hint := behind_dashes(error.option_name, words, ctx.command_path)):
                raise click.UsageError(f"{error.format_message()} {hint}", ctx) from error
            raise

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

    context_class = HelpedContext
    command_class = HelpedCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, and the options."""
        from cli.help.layout import sections_of, write_sections

        commands = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        write_sections(formatter, {"Commands": commands, **sections_of(self, ctx)})
