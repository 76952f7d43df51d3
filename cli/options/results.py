"""The options for what is done with hits, shared by all commands that find pictures."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options.basic import NamedPath, option_group, output_options
from cli.output.deliver import ResultOptions

result_options = option_group(
    "results",
    ResultOptions,
    output_options,
    click.option(
        "--preview",
        is_flag=True,
        help="Show the pictures in the terminal: kitty, sixels (iTerm2 too), else half blocks. Example: --preview",
    ),
    click.option(
        "--open",
        "opening",
        is_flag=True,
        help="Open the pictures in the system's viewer; with --html that page. Example: --open",
    ),
    click.option(
        "--copy-to",
        metavar="DIR",
        type=NamedPath(path_type=Path),
        help="Copy the files to a folder; nothing there is overwritten, and clipsearch undo takes the copies back."
        " Example: --copy-to ~/best",
    ),
    click.option(
        "--link-to",
        metavar="DIR",
        type=NamedPath(path_type=Path),
        help="Link to the files from a folder instead, which takes no space. Example: --link-to ~/best",
    ),
    click.option(
        "--link-kind",
        type=click.Choice(["auto", "hard", "symbolic"]),
        help="How --link-to links; auto, the default, is hard, or symbolic where that can't be."
        " Example: --link-kind symbolic",
    ),
    click.option(
        "--numbered",
        is_flag=True,
        help="Begin the names in the folder with the rank, so that they sort by it. Example: --numbered",
    ),
    click.option(
        "--html",
        metavar="FILE",
        type=NamedPath(dir_okay=False, path_type=Path),
        help="Write a contact sheet, one page with thumbnails, scores and links, which needs no network."
        " Example: --html sheet.html",
    ),
)
