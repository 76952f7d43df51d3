"""The group of all commands: each is imported once it is called, and whoever calls none is told what may be meant."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cli.help.command_list import COMMANDS, SUMMARIES, WORK
from cli.help.commands import HelpedContext
from cli.options.basic import LIBRARY_BEFORE
from cli.output.error_sentences import sentence
from cli.output.rows import tell
from cli.process.interrupts import INTERRUPTS
from cli.process.starting import STOPPED
from cli.sentence_group import SentenceGroup, in_one_line
from cli.terminal.streams import discard_stdout, prepare_streams

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

STORING = {
    "index",
    "watch",
    "label",
    "export-labels",
    "export-dataset",
    "export-embeddings",
    "import-embeddings",
    "undo",
    "check",
    "optimize",
    "serve",
    "mcp",
}  # what they did is kept if they are stopped
COMPLETION = "_CLIPSEARCH_COMPLETE"  # the variable by which a shell asks, as click calls it


class CommandGroup(SentenceGroup):
    """The group that imports a command's module once the command is called: all together take longer than click."""

    context_class = HelpedContext

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run with streams that are safe to use; a stdout that can't be written to is an error like any other."""
        try:
            if not args and kwargs.get("args") is None:  # else it is called by a program, whose signals are its own
                INTERRUPTS.listen()
            prepare_streams()
            if COMPLETION in os.environ:
                return _complete(functools.partial(super().main, *args, **kwargs))
            return super().main(*args, **kwargs)
        except KeyboardInterrupt:
            tell(INTERRUPTS.sentence)
            sys.exit(STOPPED)
        except OSError as error:  # of stdout: click writes help and versions outside of `invoke`
            if os.environ.get("CLIPSEARCH_DEBUG"):
                raise
            tell(f"Error: {sentence(error)}")
            discard_stdout()
            sys.exit(1)
        finally:
            INTERRUPTS.over()

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse what stands before the command."""
        with in_one_line():
            return super().make_context(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options before the command; one that stands there by mistake is told where it belongs."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from cli.help.suggestions import with_option

            if sentence := with_option(error.option_name, words, _takes_value, SUMMARIES):
                raise click.UsageError(sentence) from error
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        return _command(cmd_name) if cmd_name in SUMMARIES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; whoever names none is told what may have been meant."""
        if args[0] not in SUMMARIES and not ctx.resilient_parsing:
            from cli.help.suggestions import meant

            library = ["--library", str(ctx.meta[LIBRARY_BEFORE])] if LIBRARY_BEFORE in ctx.meta else []
            raise click.UsageError(meant([*args, *library], SUMMARIES, _takes_value))
        INTERRUPTS.is_storing = args[0] in STORING
        INTERRUPTS.stored()  # for all that is known
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help: first what is done with it most."""
        from cli.help.layout import sections_of, write_rows, write_sections

        formatter.write_text(self.help or "")
        formatter.write_paragraph()
        with formatter.indentation():
            write_rows(formatter, WORK, 40)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        commands = {heading: list(group.items()) for heading, group in COMMANDS.items()}
        write_sections(formatter, {**commands, **sections_of(self, ctx)})

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin so, without importing any."""
        from click.shell_completion import CompletionItem

        names = [(name, summary) for name, summary in SUMMARIES.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=summary) for name, summary in names), *options]


def _complete(answer: Callable[[], Any]) -> Any:
    """Answer the shell that completes a command line; a TAB never ends in a message."""
    from cli.completion.shells import register

    register()
    warnings.simplefilter("ignore")
    try:
        return answer()
    except Exception:
        if os.environ.get("CLIPSEARCH_DEBUG"):
            raise
        sys.exit(1)


def _command(name: str) -> click.Command:
    """Return a command, whose module is imported by this."""
    module = import_module(f"cli.commands.{name.replace('-', '_')}")
    return next(item for item in vars(module).values() if isinstance(item, click.Command) and item.name == name)


def _takes_value(command: str, option: str) -> bool | None:
    """Return whether an option of a command is followed by a value; None if the command has no such option."""
    named = (one for one in _command(command).params if option in (*one.opts, *one.secondary_opts))
    return next((not (isinstance(one, click.Option) and one.is_flag) for one in named), None)
