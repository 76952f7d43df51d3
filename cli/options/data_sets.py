"""Options that only a library that is a data set understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.help.headings import GENERAL, headed

if TYPE_CHECKING:
    from cli.options.basic import LibraryOptions

AsOf = str | None


as_of_option = headed(
    GENERAL,
    click.option(
        "--as-of",
        metavar="VERSION|DATE",
        help="As it was then. Example: --as-of 2026-11-01",
    ),
)


def refuse_as_of(library: LibraryOptions, as_of: AsOf) -> None:
    """Raise click.UsageError for --as-of with a library that keeps no versions."""
    if library.data_set is None:
        no_as_of(as_of)


def no_as_of(as_of: AsOf) -> None:
    """Raise click.UsageError for --as-of, as the library is a local one."""
    if as_of is not None:
        raise click.UsageError("--as-of is for a library that is a data set; a local one keeps no earlier versions.")
