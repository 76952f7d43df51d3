"""Thumbnails in the terminal: kitty's protocol, sixels (also in iTerm2), else half blocks in colour.

textual-image asks the terminal what it can show, once, when it is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.output.rows import harmless, is_terminal
from indexer.errors import OutputError, PictureError
from indexer.installation import package_command
from indexer.paths import readable

if TYPE_CHECKING:
    from search.results import Hit

MAX_COLUMNS = 40  # cells; a landscape picture is about 15 lines high then
MAX_LINES = 18
THUMBNAIL_SIDE = 640  # pixels, enough for MAX_COLUMNS cells of a fine screen


def check_terminal() -> None:
    """Raise click.UsageError where no picture can be shown."""
    if not (is_terminal(sys.stdout) and is_terminal(sys.stdin)):
        raise click.UsageError("--preview draws in a terminal, and this is none; --html FILE writes a contact sheet.")


def preview_hits(hits: Sequence[Hit]) -> None:
    """Show each hit's thumbnail with score and path, or why it can't be read.

    Raises OutputError if the package for it is broken or missing.
    """
    from rich.console import Console
    from rich.text import Text

    from search.export.thumbnails import thumbnail

    try:
        from textual_image.renderable import Image
    except ImportError as error:
        raise OutputError(f"--preview needs textual-image; run: {package_command('textual-image')}") from error
    console = Console()
    for hit in hits:
        try:
            image = thumbnail(hit, THUMBNAIL_SIDE)
        except PictureError as error:
            console.print(Text(f"[no preview: {harmless(str(error))}]", "dim"))
        else:
            columns, lines = _cells(image.width, image.height, console.width)
            console.print(Image(image, width=columns, height=lines))
        console.print(Text(caption(hit)), soft_wrap=True)
        console.print()


def caption(hit: Hit) -> str:
    """Return the line below a thumbnail."""
    at = "" if hit.at is None else f"  at {hit.at:.1f} s"
    score = "" if hit.score is None else f"{hit.score:.4f}  "
    return f"{score}{harmless(readable(hit.path))}{at}"


def _cells(width: int, height: int, available: int) -> tuple[int, int]:
    """Return the columns and lines in which a picture keeps its shape; a cell is about twice as high as wide."""
    scale = min(min(MAX_COLUMNS, available) / width, 2 * MAX_LINES / height)
    return max(1, round(width * scale)), max(1, round(height * scale / 2))
