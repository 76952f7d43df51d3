"""--library before the command, as an alias of the shell may have it."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options.basic import LIBRARY_BEFORE, LIBRARY_PLACE


def _remember(context: click.Context, parameter: click.Parameter, chosen: Path | str | None) -> Path | str | None:
    """Keep the place for the command; a group's within another counts more."""
    if chosen is not None:
        context.meta[LIBRARY_BEFORE] = chosen
    return chosen


library_before_option = click.option(
    "--library",
    metavar="DIR",
    type=LIBRARY_PLACE,
    expose_value=False,
    callback=_remember,
    help="Where the library is; --library after the command wins.",
)
