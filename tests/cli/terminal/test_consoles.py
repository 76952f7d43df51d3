"""Tests of cli.terminal.consoles: our colours, links and bars pass, those of names do not."""

from __future__ import annotations

import sys

import click
import pytest
from rich.table import Table
from rich.text import Text

from cli.terminal.consoles import console, drawn_bar, plain
from tests.cli.terminal.test_door import EVIL, SHOWN, Terminal, behind_the_door


def coloured(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal with colours behind the door, as stdout and stderr."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return behind_the_door(monkeypatch)


def test_markup_and_codes_in_a_name_are_letters_and_our_style_is_a_style(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = coloured(monkeypatch)
    console().print(plain(f"[bold]{EVIL}[/bold] [link=http://evil]x[/link] :smile:", "red"))
    assert terminal.getvalue() == f"\x1b[31m[bold]{SHOWN}[/bold] [link=http://evil]x[/link] :smile:\x1b[0m\n"


def test_a_text_that_was_forgotten_is_harmless_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = coloured(monkeypatch)
    table = Table(EVIL, title=EVIL)
    table.add_row(Text(EVIL), EVIL)
    for printed in (EVIL, Text(EVIL), table):
        console().print(printed)
    shown = terminal.getvalue()
    assert shown.count(r"a\x1b") >= 4
    assert not {"\x07", "\u202e", "\x9b"} & set(shown) and "\x1b]" not in shown


def test_links_of_ours_are_links(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = coloured(monkeypatch)
    console().print(Text("name", "link file:///a%20b"))
    assert "\x1b]8;id=" in terminal.getvalue() and ";file:///a%20b\x1b\\name\x1b]8;;\x1b\\" in terminal.getvalue()
    terminal.truncate(0)
    console().print(Text("name", "link file:///a\x1b\\\x1b[2J"))
    assert "\x1b[2J" not in terminal.getvalue()


def test_what_is_written_during_a_bar_stands_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = coloured(monkeypatch)
    bar = drawn_bar("title")
    bar.add_task("work", total=3)
    bar.start()
    click.echo(f"[bold]{EVIL} \\x1b", err=True)
    sys.stderr.write("half ")
    sys.stderr.write("a line\n")
    click.echo("A question?", nl=False, err=True)
    bar.stop()
    click.echo("after", err=True)
    shown = terminal.getvalue()
    assert (
        f"[bold]{SHOWN} \\x1b\n" in shown
        and "half a line\n" in shown
        and "A question?\n" in shown
        and shown.endswith("after\n")
    )
    assert not {"\x07", "\u202e", "\x9b"} & set(shown) and "\x1b]" not in shown
