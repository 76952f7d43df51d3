"""The click group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import os
import warnings
from typing import Any

import click

from cli.commands.duplicates import duplicates
from cli.commands.eval import evaluate
from cli.commands.export_labels import export_labels
from cli.commands.failures import failures
from cli.commands.index import STOPPED, index
from cli.commands.info import info
from cli.commands.label import label
from cli.commands.labels import labels
from cli.commands.query import query
from cli.commands.roots import roots
from cli.commands.similar import similar
from cli.commands.undo import undo
from cli.commands.watch import watch
from cli.output.error_sentences import sentence
from indexer.errors import ClipsearchError


class SentenceGroup(click.Group):
    """A group that reports an error in one sentence on stderr instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; CLIPSEARCH_DEBUG=1 lets errors through as they are."""
        if not os.environ.get("CLIPSEARCH_DEBUG"):
            warnings.simplefilter("ignore")  # libraries' own; what matters is said in our words
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped; what was stored is kept.", err=True)
            ctx.exit(STOPPED)
        except Exception as error:
            if os.environ.get("CLIPSEARCH_DEBUG"):
                raise
            click.echo(f"Error: {sentence(error)}", err=True)
            ctx.exit(error.exit_code if isinstance(error, ClipsearchError) else 1)


@click.group(cls=SentenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="clipsearch", prog_name="clipsearch")
def main() -> None:
    """Find and sort your own photos by meaning, on your own machine.

    \b
    Example:
      clipsearch index ~/Photos
      clipsearch query "red envelope"
      clipsearch label --classes cup,car
    """


main.add_command(index)
main.add_command(query)
main.add_command(similar)
main.add_command(duplicates)
main.add_command(label)
main.add_command(labels)
main.add_command(evaluate)
main.add_command(export_labels)
main.add_command(info)
main.add_command(roots)
main.add_command(failures)
main.add_command(watch)
main.add_command(undo)
