"""The command clipsearch."""

from __future__ import annotations

from cli.process.starting import started  # before all that takes its time

# isort: split

import click

from cli.command_group import CommandGroup
from cli.options.library_before import library_before_option


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@library_before_option
@click.version_option(package_name="clipsearch", prog_name="clipsearch")
def main() -> None:
    """Find and sort your own photos by meaning, on your own machine."""


started()
