"""The one place where errors become a sentence and an exit code."""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cli.output.damaged import telling_damage
from cli.output.error_sentences import sentence
from cli.output.rows import tell
from cli.process.interrupts import INTERRUPTS
from cli.process.starting import STOPPED
from cli.terminal.streams import discard_stdout
from indexer.download.reporting import Download, reporting
from indexer.errors import ClipsearchError
from indexer.harmless import harmless
from indexer.models.agreement import Question, asking

if TYPE_CHECKING:
    from cli.output.downloads import DownloadDisplay


class SentenceGroup(click.Group):
    """A group that reports an error in one sentence on stderr instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; CLIPSEARCH_DEBUG=1 lets errors through as they are."""
        if not os.environ.get("CLIPSEARCH_DEBUG"):
            warnings.simplefilter("ignore")  # libraries' own; what matters is said in our words
        try:
            with reporting(show_download), asking(_ask_about_model), in_one_line(), telling_damage(tell):
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
def in_one_line() -> Iterator[None]:
    """Let click's own errors, which quote what was typed, have no line break of that."""
    try:
        yield
    except getattr(click.exceptions, "NoArgsIsHelpError", ()):  # since click 8.2: its message is a page of help
        raise
    except click.MissingParameter as error:  # which lists what there is to choose from in lines
        raise click.UsageError(" ".join(error.format_message().split()), error.ctx) from error
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


def show_download(download: Download) -> None:
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
