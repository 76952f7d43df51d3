"""Tests of cli.terminal.door: a stream that lets nothing through which a terminal obeys, whoever writes."""

from __future__ import annotations

import ast
import io
import logging
import sys

import click
import pytest

from cli.terminal.door import SafeStream, led_to, trusted
from tests.conftest import REPOSITORY

EVIL = "a\x1b]0;x\x07\u202e\x9b"
SHOWN = r"a\x1b]0;x\x07\u202e\u009b"


class Terminal(io.StringIO):
    """A terminal that remembers; its encoding lacks some letters."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def behind_the_door(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal behind the door, as stdout and stderr."""
    terminal = Terminal()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, SafeStream(terminal))
    return terminal


def test_every_way_to_write_passes_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = behind_the_door(monkeypatch)
    print(EVIL)  # noqa: T201
    click.echo(EVIL)
    click.echo(EVIL.encode())
    click.secho(EVIL, fg="red", err=True)
    sys.stdout.buffer.write(f"{EVIL}\n".encode())
    sys.stdout.writelines([EVIL, "\n"])
    io.TextIOWrapper(sys.stdout.buffer, "utf-8", write_through=True).write(f"{EVIL}\n")
    logging.StreamHandler().emit(logging.makeLogRecord({"msg": EVIL}))
    sys.excepthook(ValueError, ValueError(EVIL), None)
    shown = terminal.getvalue()
    assert shown.count(SHOWN) == 9
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)


def test_bytes_that_are_no_text_are_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = behind_the_door(monkeypatch)
    sys.stdout.buffer.write(b"caf\xe9 \x9b \xc2")
    sys.stdout.buffer.write(b"\x9b \xc3\xa9")
    assert terminal.getvalue() == r"caf\xe9 \x9b \xc2\x9b é"


def test_only_text_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    behind_the_door(monkeypatch)
    with pytest.raises(TypeError):
        sys.stdout.write(b"bytes")  # type: ignore[arg-type]
    assert (sys.stdout.isatty(), sys.stdout.writable(), sys.stdout.encoding) == (True, True, "utf-8")


def test_what_is_drawn_is_trusted_and_other_streams_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = behind_the_door(monkeypatch)
    trusted(sys.stdout).write("\x1b[1m")
    assert terminal.getvalue() == "\x1b[1m"
    plain = io.StringIO()
    assert trusted(plain) is plain


def test_what_is_written_while_something_is_drawn_goes_elsewhere_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = behind_the_door(monkeypatch)
    elsewhere = io.StringIO()
    with led_to(elsewhere):
        click.echo(EVIL)
        click.echo(EVIL, err=True)
    click.echo("back")
    assert (elsewhere.getvalue(), terminal.getvalue()) == (f"{SHOWN}\n" * 2, "back\n")


SPEAKING = {"echo", "secho", "confirm", "prompt", "progressbar", "print", "Console", "Progress", "Live", "FileProxy"}
# Who writes, and what of it: all else goes by `tell`, `confirmed`, `write_rows`, `draw_lines`, `console`, `drawn_bar`
SPEAKERS = {
    "cli/output/rows.py": {"echo", "confirm"},
    "cli/output/run_progress.py": {"echo"},  # JSON
    "cli/output/bars.py": {"progressbar"},
    "cli/output/preview.py": {"print"},
    "cli/reports/titled_tables.py": {"print"},
    "cli/commands/info.py": {"echo"},
    "cli/data_sets/info.py": {"echo"},
    "cli/commands/completion.py": {"echo"},  # a script of ours
    "cli/commands/serve.py": {"echo"},  # an address of ours
    "cli/terminal/consoles.py": {"Console", "print"},
}


def test_whoever_writes_to_a_terminal_is_known() -> None:
    """A new one is added here once its texts, with line breaks in names, are harmless."""
    found: dict[str, set[str]] = {}
    for package in ("cli", "search", "indexer"):
        for file in (REPOSITORY / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                name = getattr(called, "attr", getattr(called, "id", None))
                if name in SPEAKING:
                    found.setdefault(file.relative_to(REPOSITORY).as_posix(), set()).add(name)
    assert found == SPEAKERS
