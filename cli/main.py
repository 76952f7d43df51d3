"""The click group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from typing import Any

import click

from cli.output.error_sentences import STOPPED, sentence
from indexer.errors import ClipsearchError

COMMANDS = {  # the function of each, in the module of cli.commands that is called like it
    "duplicates": "duplicates",
    "eval": "evaluate",
    "export-labels": "export_labels",
    "failures": "failures",
    "index": "index",
    "info": "info",
    "label": "label",
    "labels": "labels",
    "query": "query",
    "roots": "roots",
    "similar": "similar",
    "undo": "undo",
    "watch": "watch",
}


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


class CommandGroup(SentenceGroup):
    """The group that imports a command's module once it is asked for; all thirteen together take longer than one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = getattr(module, COMMANDS[cmd_name])
        return command


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
