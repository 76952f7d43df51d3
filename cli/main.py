"""The click group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

from cli.process.starting import STOPPED, started  # before all that takes its time

# isort: split

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cli.help.command_list import COMMANDS, SUMMARIES, WORK
from cli.options.basic import LIBRARY_BEFORE
from cli.options.library_before import library_before_option
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
    from click.shell_completion import CompletionItem

    from cli.output.downloads import DownloadDisplay


STORING = {"index", "watch", "label", "export-labels", "undo", "check"}  # what they did is kept if they are stopped
COMPLETION = "_CLIPSEARCH_COMPLETE"  # the variable by which a shell asks, as click calls it


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
            tell(str(stop) or INTERRUPTS.sentence)
            ctx.exit(STOPPED)
        except Exception as error:
            if _comes_of_a_stop(error):
                tell(INTERRUPTS.sentence)
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
    except getattr(click.exceptions, "NoArgsIsHelpError", ()):  # since click 8.2: its message is a page of help
        raise
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
        with _in_one_line():
            return super().make_context(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options before the command; one that stands there by mistake is told where it belongs."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from cli.help.suggestions import with_option

            if sentence := with_option(error.option_name, words, _has_option, SUMMARIES):
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
            raise click.UsageError(meant([*args, *library], SUMMARIES))
        INTERRUPTS.is_storing = args[0] in STORING
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help: first what is done with it most."""
        from cli.help.layout import sections_of, write_sections

        formatter.write_text(self.help or "")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_dl(WORK, col_max=40)
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


def _has_option(command: str, option: str) -> bool:
    """Return whether a command has an option."""
    return any(option in (*one.opts, *one.secondary_opts) for one in _command(command).params)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@library_before_option
@click.version_option(package_name="clipsearch", prog_name="clipsearch")
def main() -> None:
    """Find and sort your own photos by meaning, on your own machine."""


started()
