"""The click group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

from cli.process.starting import STOPPED, STOPPED_SENTENCE, started  # before all that takes its time

# isort: split

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cli.output.damaged import telling_damage
from cli.output.error_sentences import sentence
from cli.output.rows import tell
from cli.process.interrupts import INTERRUPTS
from cli.terminal.streams import discard_stdout, prepare_streams
from indexer.download.reporting import Download, reporting
from indexer.errors import ClipsearchError
from indexer.harmless import harmless
from indexer.models.agreement import Question, asking

if TYPE_CHECKING:
    from cli.output.downloads import DownloadDisplay

COMMANDS = {  # each is in the module of cli.commands that is called like it
    "check": "Check everything that the library holds, and repair it.",
    "duplicates": "List pictures that are the same, byte for byte or nearly.",
    "eval": "Measure how right labels and queries are, on known pictures.",
    "export-labels": "Write labels into XMP sidecars, folders by label, or lists.",
    "failures": "List the files that could not be indexed, and why.",
    "index": "Encode the pictures in one or more folders, once.",
    "info": "Show the library: its model, counts, sizes and roots.",
    "label": "Label every picture with the most probable of your classes.",
    "labels": "List, show, remove or rename the stored label sets.",
    "query": "Find the pictures that match a text.",
    "roots": "List, add, remove or move the library's folders.",
    "similar": "Find the pictures most like one picture.",
    "undo": "Take back what was copied, linked or exported.",
    "watch": "Index folders, and go on indexing what changes in them.",
}


class SentenceGroup(click.Group):
    """A group that reports an error in one sentence on stderr instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; CLIPSEARCH_DEBUG=1 lets errors through as they are."""
        if not os.environ.get("CLIPSEARCH_DEBUG"):
            warnings.simplefilter("ignore")  # libraries' own; what matters is said in our words
        try:
            with reporting(_show_download), asking(_ask_about_model), _in_one_line(), telling_damage(tell):
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own
        except (KeyboardInterrupt, click.Abort) as stop:
            tell(str(stop) or STOPPED_SENTENCE)
            ctx.exit(STOPPED)
        except Exception as error:
            if _comes_of_a_stop(error):
                tell(STOPPED_SENTENCE)
                ctx.exit(STOPPED)
            if os.environ.get("CLIPSEARCH_DEBUG"):
                raise
            tell(f"Error: {sentence(error)}")
            if isinstance(error, OSError):
                discard_stdout()
            ctx.exit(error.exit_code if isinstance(error, ClipsearchError) else 1)


@contextlib.contextmanager
def _in_one_line() -> Iterator[None]:
    """Let click's own errors, which quote what was typed, have no line break of that."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = harmless(error.message or "")
        raise


def _comes_of_a_stop(error: BaseException | None) -> bool:
    """Return whether Ctrl-C is behind an error: Python and libraries make others of it, as while a class is made."""
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return any(isinstance(cause, KeyboardInterrupt) for cause in causes)


def _show_download(download: Download) -> None:
    """Show a download that any command turns out to need."""
    _download_display()(download)


def _ask_about_model(question: Question) -> bool | None:
    """Ask about a model that a library names, when any command turns out to need it."""
    from cli.output.first_use import ask

    return ask(question)


@functools.cache
def _download_display() -> DownloadDisplay:
    from cli.output.downloads import DownloadDisplay

    return DownloadDisplay(tell)


class CommandGroup(SentenceGroup):
    """The group that imports a command's module once the command is called: all together take longer than click."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run with streams that are safe to use; a stdout that can't be written to is an error like any other."""
        try:
            if not args and kwargs.get("args") is None:  # else it is called by a program, whose signals are its own
                INTERRUPTS.listen()
            prepare_streams()
            return super().main(*args, **kwargs)
        except KeyboardInterrupt:
            tell(STOPPED_SENTENCE)
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
        with _in_one_line():
            return super().make_context(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cli.commands.{cmd_name.replace('-', '_')}")
        return next(item for item in vars(module).values() if isinstance(item, click.Command) and item.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; for a mistyped name click suggests those that it knows."""
        if args[0] not in COMMANDS:
            self.commands = {name: command for name in COMMANDS if (command := self.get_command(ctx, name))}
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="clipsearch", prog_name="clipsearch")
def main() -> None:
    """Find and sort your own photos by meaning, on your own machine.

    \b
    Example:
      clipsearch index ~/Photos
      clipsearch query "red envelope"
      clipsearch label --classes cup,car
    """


started()
