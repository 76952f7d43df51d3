"""clipsearch serve."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.commands import HelpedCommand
from cli.hints.answers import why_nothing
from cli.options.agents import no_grid_option, no_places_option
from cli.options.basic import LibraryOptions, library_option
from cli.output.logged import tell_what_is_logged
from cli.output.rows import tell
from cli.process.interrupts import INTERRUPTS
from indexer.errors import InvalidRequest, LibraryMissing

if TYPE_CHECKING:
    from server.running.addresses import Listening
    from server.safety.policy import Leave, Policy

HIGHEST_PORT = 65_535
WARMING_SECONDS = 0.5  # after the start, when a browser has the page


@click.command(cls=HelpedCommand)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, HIGHEST_PORT),
    help="The port; by default 8765, or the next that is free. 0 is any free one.",
)
@click.option("--no-open", is_flag=True, help="Only print the address; don't open the browser.")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Let others who have the token reach it, under an address of this machine or all. Example: --host 0.0.0.0",
)
@click.option(
    "--token",
    metavar="TOKEN",
    envvar="CLIPSEARCH_TOKEN",
    help="What one needs to see anything; with --host one is made. Others see options, but not CLIPSEARCH_TOKEN."
    ' Example: --token "$(openssl rand -hex 16)"',
)
@click.option("--read-only", is_flag=True, help="Let nothing be changed from the page.")
@click.option(
    "--agents",
    type=click.Choice(["off", "read", "write"]),
    default="read",
    show_default=True,
    help="What assistants may do, over MCP at /mcp below the address: read, write as well, or off."
    " Example: --agents write",
)
@no_places_option
@no_grid_option
@library_option
def serve(
    port: int | None,
    no_open: bool,
    host: str | None,
    token: str | None,
    read_only: bool,
    agents: Leave,
    no_places: bool,
    no_grid: bool,
    library: Path,
) -> None:
    """Show the library on a page in the browser, until Ctrl-C: search it, look at it, label it.

    Only this machine reaches the page, unless --host names an address. Its address is the first line on stdout. What
    the page shows, programs get from /api/v1/ below the same address.

    \b
    Example:
      clipsearch serve
      clipsearch serve --port 8080 --no-open --read-only
    """
    from indexer.thumbnails.room import room
    from server.running.addresses import is_local, listen, names_of
    from server.safety.policy import Policy
    from server.safety.secret_words import Once, new_token
    from server.safety.tokens import ONCE, checked_token

    if read_only and agents == "write":
        raise InvalidRequest("With --read-only nothing can be changed; leave it out, or --agents write.")
    room()  # a setting that makes no sense is told before anything is served
    _check_library(library)
    if token is not None:
        token = checked_token(token)
    elif not is_local(host):
        token = new_token()
    listening = listen(None if is_local(host) else _host(host), port)
    once, is_shared = Once() if token else None, listening.host is not None
    told = {"places": not no_places, "grid": not no_grid}
    policy = Policy(names_of(listening), listening.port, token, read_only, once, is_shared, agents, **told)
    click.echo(listening.address + (f"?token={token}" if token else ""))
    tell(f"Serving {_named(library)}{', read-only' if read_only else ''}; Ctrl-C ends.")
    if not no_open:
        address = listening.address + (f"?{ONCE}={once.value}" if once else "")
        threading.Thread(target=_open_browser, args=[address], name="browser", daemon=True).start()
    _serve(listening, library, policy)
    tell("Stopped.")


def _host(host: str | None) -> str:
    if not host or not host.strip():
        raise InvalidRequest("The address to listen on is empty; give one with --host, or leave it out.")
    return host.strip()


def _check_library(library: Path) -> None:
    """Open the library once: what is wrong with it is told here, and its model asked about, rather than on the page."""
    with LibraryOptions(library, None, "auto").open_or_offer() as opened:
        opened.allow()
        if (empty := why_nothing(opened.store)) is not None:
            raise LibraryMissing(empty)


def _named(library: Path) -> str:
    """Name the library, as a person calls it."""
    from cli.shown.paths import told_path

    return told_path(library)


def _open_browser(address: str) -> None:
    """Open the page in the browser; where there is none, the address stands on stdout."""
    import webbrowser

    from server.opened.file_manager import has_screen

    if not has_screen() or not webbrowser.open(address):
        tell("There is no browser to open here; open the address above in one.")


def _serve(listening: Listening, library: Path, policy: Policy) -> None:
    """Serve until the server is told to stop."""
    import gc

    gc.disable()  # looking for garbage in what is being imported takes a tenth of the start
    from server.opened.file_manager import can_reveal
    from server.opened.open_library import OpenLibrary
    from server.running.app import make_app
    from server.running.serving import serve as run

    gc.enable()
    gc.freeze()  # what was imported stays
    tell_what_is_logged()
    is_here = listening.host is None and policy.token is None
    opened = OpenLibrary(library, read_only=policy.read_only, reveals=is_here and can_reveal())
    opened.read_columns()
    warming = threading.Timer(WARMING_SECONDS, opened.warm_up)  # not while the page is being served
    warming.daemon = True
    warming.start()
    try:
        run(make_app(opened, policy), listening.sockets, INTERRUPTS.answer)
    finally:
        warming.cancel()
