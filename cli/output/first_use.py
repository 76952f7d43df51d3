"""The question before a model is used for the first time that a library names, and nobody here has asked for."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from cli.output.rows import confirmed, tell
from cli.process.interrupts import INTERRUPTS
from cli.terminal.streams import is_terminal
from indexer.models.agreement import MOST_SHOWN

if TYPE_CHECKING:
    from indexer.models.agreement import Question


def ask(question: Question) -> bool | None:
    """Return the answer, no by default; None where nobody can give one."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return None
    happened = "has changed since it was used" if question.changed else "was never asked for"
    tell(f"This library's model {happened} on this machine: {question.name[:MOST_SHOWN]}")
    tell(f"It comes {question.origin}. No code of its author's runs, but its files are opened.")
    with _stopped_at_once():
        return confirmed("Use it?")


@contextlib.contextmanager
def _stopped_at_once() -> Iterator[None]:
    """Let Ctrl-C end the question, also where a run would first finish what it has in hand."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    INTERRUPTS.answer()
    raise KeyboardInterrupt
