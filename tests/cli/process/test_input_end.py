"""Tests of cli.process.input_end: a run ends with the program that started it, in real processes."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cli.process import input_end
from cli.process.interrupts import GENTLE_SENTENCE
from cli.process.starting import STOPPED

LONG = 300.0  # seconds that no answer takes, however busy the machine is

# A run that goes on for ever, and asks after each second whether to stop.
GENTLE = """
    import time
    from cli.options.basic import ListenerOptions

    with ListenerOptions(quiet=False, log_json=True, stop_at_eof=True).open() as listener:
        print("ready", flush=True)
        while not listener.stopping():
            time.sleep(0.05)
    raise SystemExit(130)
"""
# The same, of which the listener comes late.
LATE = (
    """
    import time
    from cli.process.input_end import heed_input

    heed_input()
    print("ready", flush=True)
    time.sleep(1)
"""
    + GENTLE
)
STUBBORN = """
    import time
    import click
    from cli.options.basic import ListenerOptions
    from cli.process import input_end

    input_end.GRACE = 0.5
    try:
        with ListenerOptions(quiet=False, log_json=True, stop_at_eof=True).open():
            print("ready", flush=True)
            while True:
                time.sleep(0.05)
    except click.exceptions.Exit as ended:
        raise SystemExit(ended.exit_code)
"""


def start(program: str) -> subprocess.Popen[str]:
    """Start a program whose standard input is a pipe, and wait until it runs."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    pipes = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
    assert process.stdout.readline() == "ready\n"
    return process  # type: ignore[no-any-return]


def test_the_end_of_the_input_stops_gently() -> None:
    process = start(GENTLE)
    _, told = process.communicate(timeout=LONG)  # which closes its input
    assert process.returncode == STOPPED
    assert json.loads(told.splitlines()[0])["text"] == GENTLE_SENTENCE


def test_an_end_that_comes_before_the_run_listens_is_heard() -> None:
    process = start(LATE)
    _, told = process.communicate(timeout=LONG)
    assert process.returncode == STOPPED
    assert json.loads(told.splitlines()[0])["text"] == GENTLE_SENTENCE


def test_what_goes_on_nevertheless_is_stopped_at_once() -> None:
    process = start(STUBBORN)
    _, told = process.communicate(timeout=LONG)
    assert (process.returncode, len(told.splitlines())) == (STOPPED, 2)


def test_a_run_of_the_command_ends_with_its_input(tmp_path: Path) -> None:
    """The real command: with an input that has ended it stops before it encodes anything."""
    command = [sys.executable, "-c", "from cli.main import main; main()", "index", "sample_images"]
    options = ["--library", str(tmp_path / "library"), "--model", "builtin", "--log-json", "--stop-at-eof"]
    ended = subprocess.run([*command, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=LONG)
    events = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == STOPPED
    assert [event["stopped"] for event in events if event["event"] == "summary"] == [True]


def test_input_is_heeded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch opens a listener for each run, and more signals than one would end it at once."""
    started: list[object] = []

    class Thread:
        def __init__(self, **_: object) -> None:
            started.append(self)

        def start(self) -> None:
            """Do nothing."""

    monkeypatch.setattr(input_end.threading, "Thread", Thread)
    monkeypatch.setattr(input_end, "_heeding", input_end.threading.Lock())
    input_end.heed_input()
    input_end.heed_input()
    assert len(started) == 1
