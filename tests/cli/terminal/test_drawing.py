"""Tests of cli.terminal.drawing: lines with styles and links, and nothing in them that others wrote."""

from __future__ import annotations

import io
import sys

import pytest

from cli.terminal.door import SafeStream
from cli.terminal.drawing import Piece, draw_lines, has_links, width_of

LINK = "file://host/p/a%20b.jpg"
EVIL = "a\x1b]0;x\x07\u202e\nFORGED"


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_HYPERLINK", "VTE_VERSION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("WT_SESSION", "1")


def drawn(*pieces: Piece) -> str:
    terminal = Terminal()
    draw_lines([pieces], SafeStream(terminal))
    return terminal.getvalue()


def test_styles_and_links_are_drawn_through_the_door() -> None:
    assert drawn(Piece("a", "bold"), Piece("b")) == "\x1b[1ma\x1b[0mb\n"
    assert drawn(Piece("a", link=LINK)) == f"\x1b]8;;{LINK}\x1b\\a\x1b]8;;\x1b\\\n"


@pytest.mark.parametrize("link", [f"file://host/{EVIL}", "http://evil", "file://h/a b", "file://h/\u00e9", LINK + ";x"])
def test_a_text_or_link_of_someone_else_brings_no_byte_of_its_own(link: str) -> None:
    assert drawn(Piece(EVIL, link=link)) == "a\\x1b]0;x\\x07\\u202e\\nFORGED\n"


@pytest.mark.parametrize(
    ("variables", "linked"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "linux", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm", "FORCE_HYPERLINK": "0"}, False),
        ({"TERM": "xterm", "VTE_VERSION": "4800"}, False),
        ({"TERM": "xterm", "VTE_VERSION": "7600"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="goes by WT_SESSION there")
def test_only_terminals_that_cope_get_links(
    variables: dict[str, str], linked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_links(Terminal()) == linked
    assert not has_links(io.StringIO())
    if variables["TERM"] in ("dumb", ""):
        assert drawn(Piece("a", "bold", LINK)) == "a\n"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("\u65e5\u672c", 4),
        ("e\u0301", 1),
        ("\u0645\u06cc\u200c", 2),
        ("\U0001f600", 2),
        ("\u1112\u1161\u11ab", 2),  # as macOS spells a syllable of Hangul
    ],
)
def test_letters_take_the_columns_that_they_have(text: str, width: int) -> None:
    assert width_of(text) == width
