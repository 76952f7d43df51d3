"""clipsearch mcp."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.help.commands import HelpedCommand
from cli.options.agents import no_places_option
from cli.options.basic import device_option, library_option
from cli.output.rows import tell
from indexer.errors import InvalidRequest
from indexer.installation import install_command


@click.command(cls=HelpedCommand)
@click.option("--allow-write", is_flag=True, help="Let assistants label, link, index and undo; else they only read.")
@no_places_option
@device_option
@library_option
def mcp(allow_write: bool, no_places: bool, device: str, library: Path) -> None:
    """Serve the library to an assistant, over MCP on stdin and stdout.

    An assistant's program runs this by itself: add it there with the words below. Nothing leaves this machine but what
    the assistant is shown: see docs/agents.md.

    \b
    Example:
      clipsearch mcp
      claude mcp add photos -- clipsearch mcp
    """
    import importlib.util

    if importlib.util.find_spec("mcp") is None:
        raise InvalidRequest(f"Serving assistants needs the extra mcp; run: {install_command('mcp')}")
    if sys.stdin is not None and sys.stdin.isatty():
        tell("This speaks MCP with an assistant's program, which runs it by itself; Ctrl-C ends.")
    from server.agents.stdio import serve_stdio

    serve_stdio(library, allow_write=allow_write, places=not no_places, device=device)
