"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from indexer.device import DEVICES

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv", "paths")


def library_option(command: Command) -> Command:
    """Add --library."""
    return click.option(
        "--library",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="CLIPSEARCH_LIBRARY",
        show_envvar=True,
        help="Where the library stands, if not in the platform's data folder. Example: --library /nas/clip",
    )(command)


def device_option(command: Command) -> Command:
    """Add --device."""
    return click.option(
        "--device",
        type=click.Choice(DEVICES),
        default="auto",
        show_default=True,
        help="Where the model computes. Example: --device cpu",
    )(command)


def folder_option(command: Command) -> Command:
    """Add --in."""
    return click.option(
        "--in",
        "folder",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Only pictures below this folder. Example: --in ~/Photos/2024",
    )(command)


def output_options(command: Command) -> Command:
    """Add --format and -0."""
    command = click.option(
        "-0",
        "nul",
        is_flag=True,
        help="Paths alone, each ended by a NUL byte, for xargs -0. Example: -0 | xargs -0 ls -l",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How results are written; a table only on a terminal, else tab-separated. Example: --format json",
    )(command)


def check_output(form: str, nul: bool) -> None:
    """Refuse -0 with a format that is not bare paths, before any work is done."""
    if nul and form not in ("table", "paths"):
        raise click.UsageError("-0 writes bare paths; leave --format out.")


def library_folder(library: Path | None) -> Path:
    """Return the library's folder: the option's, or the default one."""
    from indexer.paths import default_library

    return library.expanduser() if library else default_library()
