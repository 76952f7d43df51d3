"""Lines of our own for a terminal: pieces of text, bold or dim, perhaps with a link (OSC 8).

Each text is made harmless here, and a link is written only if it is an address of a file with nothing else in it, so
that no name gets a byte of its own past the door. rich draws tables and bars, but takes as long to import as a query.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from cli.terminal.door import trusted
from indexer.harmless import harmless

WITHOUT_STYLE = ("", "dumb", "unknown")  # values of TERM
WITHOUT_LINKS = (*WITHOUT_STYLE, "linux", "eterm", "eterm-color")  # which show an address that they don't understand
OLDEST_VTE = 5000  # GNOME's terminal before 0.50 shows garbage
CODES = {"bold": "1", "dim": "2"}
LINES_AT_ONCE = 200

_ADDRESS = re.compile(r"file://[A-Za-z0-9._~%/:-]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    style: Literal["", "bold", "dim"] = ""
    link: str = ""  # a file: address


Line = Sequence[Piece]


def draw_lines(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Write lines to a terminal, by default stdout; none is wrapped or cut, as the terminal does that itself."""
    stream = stream or sys.stdout
    styled, linked = has_styles(stream), has_links(stream)
    out, waiting = trusted(stream), []
    for line in lines:
        waiting.append("".join(_drawn(piece, styled, linked) for piece in line) + "\n")
        if len(waiting) == LINES_AT_ONCE:
            out.write("".join(waiting))
            waiting = []
    out.write("".join(waiting))
    out.flush()


def has_styles(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that knows bold."""
    if sys.platform == "win32":
        return stream.isatty() and "WT_SESSION" in os.environ
    return stream.isatty() and os.environ.get("TERM", "") not in WITHOUT_STYLE


def has_links(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can be expected to take links; FORCE_HYPERLINK (0 or 1) decides."""
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced:
        return stream.isatty() and forced != "0"
    version = os.environ.get("VTE_VERSION", "")
    is_old = version.isdecimal() and int(version) < OLDEST_VTE
    return has_styles(stream) and os.environ.get("TERM", "") not in WITHOUT_LINKS and not is_old


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width_of_letter, text))


def _width_of_letter(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf") or "\u1160" <= letter <= "\u11ff":  # within a Hangul syllable
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _drawn(piece: Piece, styled: bool, linked: bool) -> str:
    text = harmless(piece.text)
    if styled and piece.style:
        text = f"\x1b[{CODES[piece.style]}m{text}\x1b[0m"
    if linked and _ADDRESS.fullmatch(piece.link):
        text = f"\x1b]8;;{piece.link}\x1b\\{text}\x1b]8;;\x1b\\"
    return text
