"""The options for what is done with hits, shared by all commands that find pictures."""

from __future__ import annotations

from pathlib import Path

import click

from cli.help.headings import DONE
from cli.options.basic import WrittenPath, option_group, output_options
from cli.output.deliver import ResultOptions

result_options = option_group(
    "results",
    ResultOptions,
    output_options,
    click.option(
        "--preview",
        is_flag=True,
        help="Show the pictures in the terminal.",
    ),
    click.option(
        "--open",
        "opening",
        is_flag=True,
        help="Open the pictures in the viewer, or --html's page.",
    ),
    click.option(
        "--copy-to",
        metavar="DIR",
        type=WrittenPath(path_type=Path),
        help="Copy them to a folder; nothing there is overwritten, and clipsearch undo takes it back.",
    ),
    click.option(
        "--link-to",
        metavar="DIR",
        type=WrittenPath(path_type=Path),
        help="Link to them from a folder, which takes no space.",
    ),
    click.option(
        "--link-kind",
        metavar="KIND",
        type=click.Choice(["auto", "hard", "symbolic"]),
        help="hard, symbolic, or auto: hard where that can be.",
    ),
    click.option(
        "--numbered",
        is_flag=True,
        help="Begin the names in the folder with the rank.",
    ),
    click.option(
        "--html",
        metavar="FILE",
        type=WrittenPath(dir_okay=False, path_type=Path),
        help="Write a contact sheet, a page that needs no network.",
    ),
    heading=DONE,
)
