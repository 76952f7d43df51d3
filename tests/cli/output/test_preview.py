"""Tests of cli.output.preview, in a pseudo terminal that answers as real ones do."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from cli.output.preview import _cells, caption, check_terminal
from search.results import Hit
from tests.conftest import REPOSITORY, MakePicture

LONG = 120.0  # seconds that nothing takes, however busy the machine is
# textual-image waits a tenth of a second for an answer, which a busy machine may miss: what is answered is awaited.
SHOW = """
import os, sys
from pathlib import Path
import textual_image._terminal as terminal
briefly, answered = terminal.capture_terminal_response, os.environ.get("ANSWERED", "").split()
def capture(start_marker, end_marker, timeout=None):
    question = {"\\x1b[?": "device", "\\x1b_G": "graphics"}.get(start_marker)
    return briefly(start_marker, end_marker, 60.0 if question in answered else timeout)
terminal.capture_terminal_response = capture
from cli.output.preview import check_terminal, preview_hits
from search.results import Hit
check_terminal()
preview_hits([Hit(Path(name), 0.25) for name in sys.argv[1:]])
"""
DEVICE = b"\x1b[c"  # what are you?
GRAPHICS = b"a=q"  # do you know kitty's protocol?


def in_terminal(*paths: Path, expected: bytes, sixel: bool = False, kitty: bool = False) -> bytes:
    """Show pictures in a pseudo terminal that can show them in a certain way, and return what it got."""
    got = _shown(paths, sixel, kitty)
    assert expected in got
    return got


def _shown(paths: Sequence[Path], sixel: bool, kitty: bool) -> bytes:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 640, 384))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(REPOSITORY)}
    environment.pop("NO_COLOR", None)
    environment["ANSWERED"] = "device graphics" if kitty else "device"
    command = [sys.executable, "-c", SHOW, *map(str, paths)]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    got, answered = b"", 0
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        got += piece
        asked = got[answered:]
        if DEVICE in asked:
            os.write(ours, b"\x1b[?62;4;22c" if sixel else b"\x1b[?62;22c")
            answered = len(got)
        elif GRAPHICS in asked:
            if kitty:
                number = asked.split(b"i=")[1].split(b",")[0].split(b";")[0]
                os.write(ours, b"\x1b_Gi=" + number + b";OK\x1b\\")
            answered = len(got)
    os.close(ours)
    assert process.wait(LONG) == 0, got
    return got


def test_sixels_where_the_terminal_says_it_has_them(picture: MakePicture) -> None:
    path = picture("red.png", "red", (64, 48))
    shown = in_terminal(path, expected=b'"1;1;', sixel=True)
    assert b"\x1bP" in shown
    without_links = re.sub(rb"\x1b\]8;;[^\x1b]*\x1b\\", b"", shown)
    assert f"0.250  {path}".encode() in without_links.replace(b"\r\n", b"")


def test_kittys_protocol(picture: MakePicture) -> None:
    shown = in_terminal(picture("red.png", "red", (64, 48)), expected="\U0010eeee".encode(), kitty=True)
    assert b"\x1b_G" in shown


def test_half_blocks_in_colour_elsewhere(picture: MakePicture) -> None:
    shown = in_terminal(picture("red.png", "red", (64, 48)), expected="\u2580".encode())
    assert b"38;2;25" in shown


def test_a_broken_picture_is_named_and_the_next_is_shown(picture: MakePicture, photos: Path) -> None:
    (photos / "bad\x1b[2J.jpg").write_text("text")
    bad = photos / "bad\x1b[2J.jpg"
    shown = in_terminal(bad, picture("red.png", "red", (64, 48)), expected="\u2580".encode())
    assert b"no preview: not a picture" in shown
    assert b"\x1b[2J" not in shown, "a name must not command the terminal"


# Terminals as they should not be: their size, what they answer to each question, and their name
ODD_TERMINALS: dict[str, tuple[tuple[int, int, int, int], bytes, str]] = {
    "silent": ((24, 80, 0, 0), b"", "xterm-256color"),
    "without a size": ((0, 0, 0, 0), b"", "xterm-256color"),
    "without lines": ((0, 80, 0, 0), b"", "xterm-256color"),
    "without columns": ((24, 0, 640, 384), b"", "xterm-256color"),
    "of one cell": ((1, 1, 0, 0), b"", "xterm-256color"),
    "with fewer pixels than cells": ((24, 80, 1, 1), b"", "xterm-256color"),
    "someone types": ((24, 80, 0, 0), b"ls\n", "xterm-256color"),
    "no text": ((24, 80, 0, 0), b"\xff\xfe\xff", "xterm-256color"),
    "no numbers": ((24, 80, 0, 0), b"\x1b[x;y;zt\x1b[?x;yc", "xterm-256color"),
    "too few numbers": ((24, 80, 0, 0), b"\x1b[t\x1b[c", "xterm-256color"),
    "cells of no size": ((24, 80, 0, 0), b"\x1b[6;0;0t", "xterm-256color"),
    "half an answer": ((24, 80, 0, 0), b"\x1b[", "xterm-256color"),
    "screen": ((24, 80, 0, 0), b"", "screen"),
    "vt100": ((24, 80, 0, 0), b"", "vt100"),
    "unheard of": ((24, 80, 0, 0), b"", "no-such-terminal"),
}


@pytest.mark.parametrize("kind", ODD_TERMINALS)
def test_an_odd_terminal_gets_half_blocks_and_no_traceback(picture: MakePicture, kind: str) -> None:
    size, answer, name = ODD_TERMINALS[kind]
    path = picture("red.png", "red", (64, 48))
    shown = _odd(size, answer, name, path)
    assert b"Traceback" not in shown and b"Error" not in shown, shown
    assert "\u2580".encode() in shown or b"\x1bP" in shown, shown
    assert b"0.250" in shown.replace(b"\r\n", b"")


@pytest.mark.parametrize("name", ["dumb", "", "unknown"])
def test_a_terminal_without_colours_is_told(picture: MakePicture, name: str) -> None:
    shown = _odd((24, 80, 0, 0), b"", name, picture("red.png", "red"), code=1)
    assert b"needs a terminal with colours" in shown and "\u2580".encode() not in shown


def _odd(size: tuple[int, int, int, int], answer: bytes, name: str, path: Path, code: int = 0) -> bytes:
    """Show a picture in a terminal of a size that answers each question in the same way, and return what it got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size))
    environment = {**os.environ, "TERM": name, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-c", SHOW, str(path)], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    got = b""
    with contextlib.suppress(OSError):  # Linux says so when the other side is closed
        while select.select([ours], [], [], 60)[0] and (piece := os.read(ours, 65536)):
            got += piece
            if answer and b"\x1b[" in piece and b"\x1b[0m" not in piece:
                os.write(ours, answer)
    os.close(ours)
    assert process.wait(LONG) == code, got
    return got


def test_outside_a_terminal_it_says_so() -> None:
    with pytest.raises(click.UsageError, match="--html"):
        check_terminal()


def test_pictures_keep_their_shape() -> None:
    assert _cells(400, 300, 80) == (40, 15)
    assert _cells(400, 300, 20) == (20, 8)
    assert _cells(100, 1000, 80) == (4, 18)
    assert _cells(1000, 1, 80) == (40, 1)


def test_the_caption_tells_the_second_of_a_video() -> None:
    numbers, path = caption(Hit(Path("/a/b.mp4"), 0.3, 12.25))
    assert (numbers.text + path.text, path.link.endswith("/a/b.mp4")) == ("0.300  0:12  /a/b.mp4", True)
