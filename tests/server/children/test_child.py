"""Child processes: what they say is heard, and they end with the server."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import Any

import pytest

from server.children import child as children
from server.children.child import Child
from server.children.told import Told

LONG = 600.0  # seconds that nothing takes, however busy the machine is

SAYS = """
import json, sys
request = json.loads(sys.stdin.readline())
print("a warning of some library", flush=True)
print(json.dumps({"event": "told", "request": request}), flush=True)
print("[1, 2]", flush=True)
sys.stdin.read()
raise SystemExit(7)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{}', flush=True); time.sleep(600)"
)
HELD = """
import json, subprocess, sys
held = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(json.dumps({"event": "told", "process": held.pid}), flush=True)
"""


class Heard:
    """What a child said, and its end."""

    def __init__(self, program: str, **options: Any) -> None:
        self.lines: list[dict[str, Any]] = []
        self.codes: list[int] = []
        self.has_said, self.is_over = threading.Event(), threading.Event()
        self.child = Child(program, told=self.told, ended=self.ended, **options)

    def told(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        self.has_said.set()

    def ended(self, code: int) -> None:
        self.codes.append(code)
        self.is_over.set()


def test_a_child_whose_server_was_killed_stops_and_says_nothing_of_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "wb")
    told = Told(stream)
    assert not told.stopping()
    told.progress(1, 2)
    told.line("result")
    assert told.stopping()
    with contextlib.suppress(BrokenPipeError):
        stream.close()


def test_a_child_is_asked_says_lines_and_stops_at_the_end_of_its_input() -> None:
    heard = Heard(SAYS, request=b'{"work": 1}\n')
    assert heard.has_said.wait(LONG) and not heard.is_over.is_set()
    heard.child.stop()
    assert heard.is_over.wait(LONG)
    assert (heard.lines, heard.codes) == ([{"event": "told", "request": {"work": 1}}], [7])
    heard.child.stop()  # once more does nothing
    heard.child.close()


def test_one_that_does_not_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.3)
    heard = Heard(STUBBORN)
    assert heard.has_said.wait(LONG)
    heard.child.close()
    assert heard.is_over.wait(LONG) and heard.codes[0] < 0


def test_what_a_child_has_started_does_not_keep_it_from_ending() -> None:
    """Fails before: the end of the stream was waited for, which another process held open."""
    heard = Heard(HELD)
    assert heard.has_said.wait(LONG)
    try:
        assert heard.is_over.wait(LONG)
        assert (heard.codes, len(heard.lines)) == ([0], 1)
    finally:
        os.kill(heard.lines[0]["process"], signal.SIGTERM)


def test_last_lines_are_read_however_slowly() -> None:
    """Fails before: what a busy machine had not read two seconds after the end was lost, and with it how that was."""
    taken: list[dict[str, Any]] = []
    over = threading.Event()

    def take(line: dict[str, Any]) -> None:
        time.sleep(0.1)
        taken.append(line)

    program = "for number in range(25): print('{\"number\": %d}' % number)"
    Child(program, told=take, ended=lambda code: over.set())
    assert over.wait(LONG) and [line["number"] for line in taken] == list(range(25))
