"""clipsearch mcp."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from cli.help.commands import HelpedCommand
from cli.options.agents import no_grid_option, no_places_option
from cli.options.basic import device_option, library_option
from cli.output.logged import tell_what_is_logged
from cli.output.rows import tell
from cli.process.backstop import end_within
from cli.process.interrupts import INTERRUPTS
from indexer.errors import OutputError
from indexer.installation import is_installed, needs_extra

PATIENCE = 1.5  # seconds that what goes on has to end, once the host asks no more


@click.command(cls=HelpedCommand)
@click.option("--allow-write", is_flag=True, help="Let assistants label, link, index and undo; else they only read.")
@no_places_option
@no_grid_option
@device_option
@library_option
def mcp(allow_write: bool, no_places: bool, no_grid: bool, device: str, library: Path) -> None:
    """Serve the library to an assistant, over MCP on stdin and stdout.

    An assistant's program runs this by itself: add it there with the words below. Nothing leaves this machine but what
    the assistant is shown: see docs/agents.md.

    \b
    Example:
      clipsearch mcp
      claude mcp add photos -- clipsearch mcp
    """
    if not is_installed("mcp"):
        raise OutputError(f"Serving assistants {needs_extra('mcp')}")
    is_by_hand = sys.stdin.isatty()
    if is_by_hand:
        tell("This speaks MCP with an assistant's program, which runs it by itself; Ctrl-C ends.")
    gc.disable()  # looking for garbage in what is being imported takes a twentieth of the start
    from server.agents.wire import take_wire

    wire = take_wire()  # before anything else is imported: it might print
    from server.agents.stdio import serve_stdio

    tell_what_is_logged()
    allowed = {"allow_write": allow_write, "places": not no_places, "grid": not no_grid}
    serve_stdio(wire, library, **allowed, device=device, ending=_ending)
    if is_by_hand:
        tell("Stopped.")


def _ending() -> None:
    """Have the process end soon: hosts kill what takes its time."""
    INTERRUPTS.answer()
    end_within(PATIENCE)
