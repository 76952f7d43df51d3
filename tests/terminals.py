"""What a command shows on a terminal of any width, run to its end with the fake model."""

from __future__ import annotations

from pathlib import Path

from tests import terminal_sessions
from tests.hostile import PROGRAM


def on_terminal(library: Path, *arguments: str | Path, columns: int = 80, **environment: str) -> tuple[str, int]:
    """Run a command on a terminal; return what that shows, without colours and links, and the exit code."""
    settings = {"TERM": "xterm-256color", **environment}
    with terminal_sessions.on_terminal(
        *arguments, library=library, folder=Path.cwd(), program=PROGRAM, columns=columns, **settings
    ) as session:
        code = session.end()
        return session.shown, code
