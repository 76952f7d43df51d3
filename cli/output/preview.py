"""Thumbnails in the terminal: kitty's protocol, sixels (also in iTerm2), else half blocks in colour.

textual-image asks the terminal what it can show, once, when it is imported.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from cli.shown.columns import copies
from cli.shown.paths import address_of, short_path
from cli.terminal.consoles import console, picture_console, plain
from cli.terminal.drawing import Piece, draw_lines
from cli.terminal.streams import is_terminal
from indexer.errors import OutputError, PictureError
from indexer.installation import package_command
from indexer.wording import clock

if TYPE_CHECKING:
    from PIL import Image
    from rich.console import RenderableType
    from rich.text import Text

    from search.results import Hit

Drawing = Callable[["Image.Image", int, int], "RenderableType"]  # a picture in so many columns and lines

MAX_COLUMNS = 40  # cells; a landscape picture is about 15 lines high then
MAX_LINES = 18
PLAIN_TERMINALS = ("", "dumb", "unknown")  # values of TERM
USUAL_WIDTH = 80  # cells
THUMBNAIL_SIDE = 640  # pixels, enough for MAX_COLUMNS cells of a fine screen


def check_terminal() -> None:
    """Raise click.UsageError where no picture can be shown."""
    if not (is_terminal(sys.stdout) and is_terminal(sys.stdin)):
        raise click.UsageError("--preview draws in a terminal, and this is none; --html FILE writes a contact sheet.")
    if os.environ.get("TERM", "dumb") in PLAIN_TERMINALS and sys.platform != "win32":
        raise click.UsageError(
            "--preview needs a terminal with colours, and TERM says that this has none; --html FILE writes a contact"
            " sheet."
        )


def preview_hits(hits: Sequence[Hit]) -> None:
    """Show each hit's thumbnail with score and path, or why it can't be read.

    Raises OutputError if the package for it is broken or missing.
    """
    from indexer.thumbnails.making import small_picture

    draw = _drawing()
    width = None if picture_console().width >= 1 else USUAL_WIDTH  # some terminals say that they have none
    texts, pictures = console(width=width), picture_console(width)
    for hit in hits:
        try:
            image = small_picture(hit.path, THUMBNAIL_SIDE, hit.at)
        except PictureError as error:
            texts.print(plain(f"[no preview: {error}]", "dim"))
        else:
            size = _cells(image.width, image.height, pictures.width)
            try:
                pictures.print(draw(image, *size))
            except Exception:  # as in _drawing
                draw = half_blocks
                pictures.print(draw(image, *size))
        draw_lines([caption(hit), []])


def _drawing() -> Drawing:
    """Return what draws a picture in so many columns and lines: textual-image, or half blocks of our own.

    textual-image asks the terminal what it is. One that has no size, answers something else or is gone makes it fail
    in many ways, of which only a missing package can be helped; of a silent one it logs a traceback.
    """
    logging.getLogger("textual_image").setLevel(logging.CRITICAL)
    try:
        from textual_image.renderable import Image as TerminalImage
    except ImportError as error:
        raise OutputError(f"--preview needs textual-image; run: {package_command('textual-image')}") from error
    except Exception:  # its own, termios.error, ZeroDivisionError, ValueError, OSError
        return half_blocks
    return lambda image, columns, lines: TerminalImage(image, width=columns, height=lines)


def half_blocks(image: Image.Image, columns: int, lines: int) -> Text:
    """Return a picture in half blocks, two pixels a cell, which every terminal with colours shows."""
    from PIL import Image as PillowImage
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    pixels = image.convert("RGB").resize((columns, 2 * lines), PillowImage.Resampling.LANCZOS).tobytes()
    width = 3 * columns
    text = Text(no_wrap=True)
    for line in range(lines):
        upper, lower = pixels[2 * line * width :][:width], pixels[(2 * line + 1) * width :][:width]
        for at in range(0, width, 3):
            colours = [Color.from_rgb(*row[at : at + 3]) for row in (upper, lower)]
            text.append("\u2580", Style(color=colours[0], bgcolor=colours[1]))
        if line + 1 < lines:
            text.append("\n")
    return text


def caption(hit: Hit) -> list[Piece]:
    """Return the line below a thumbnail: score, copies, moment of a video, and path."""
    numbers = "" if hit.score is None else f"{hit.score:.3f}  "
    numbers += f"{copies(len(hit.copies))}  " if hit.copies else ""
    numbers += "" if hit.at is None else f"{clock(hit.at)}  "
    return [Piece(numbers), Piece(short_path(hit.path), link=address_of(hit.path))]


def _cells(width: int, height: int, available: int) -> tuple[int, int]:
    """Return the columns and lines in which a picture keeps its shape; a cell is about twice as high as wide."""
    scale = min(min(MAX_COLUMNS, available) / width, 2 * MAX_LINES / height)
    return max(1, round(width * scale)), max(1, round(height * scale / 2))
