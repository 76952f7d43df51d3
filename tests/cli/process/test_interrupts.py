"""Tests of cli.process.interrupts: Ctrl-C is heard whatever the main thread does, in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.process.interrupts import GENTLE_SENTENCE, KEPT_SENTENCE, STOPPING_SENTENCE
from cli.process.starting import STOPPED, STOPPED_SENTENCE

LONG = 180.0  # seconds that no answer takes, however busy the machine is

# A command that does something that a signal handler in the main thread can't interrupt, or that takes it its time.
PROGRAM = """
    import sqlite3, sys, threading, time
    import click
    import cli.main
    import cli.process.interrupts
    from cli.output.run_progress import open_listener

    def in_c():
        clock = time.pthread_getcpuclockid(threading.main_thread().ident)
        begun = time.clock_gettime(clock)

        def told_once_it_computes():
            while time.clock_gettime(clock) < begun + 0.3:
                time.sleep(0.02)
            print("ready", flush=True)

        threading.Thread(target=told_once_it_computes, daemon=True).start()
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        sqlite3.connect(":memory:").execute(endless).fetchone()

    def in_python():
        print("ready", flush=True)
        while True:
            pass

    def tidying():
        try:
            in_python()
        finally:
            time.sleep(3600)

    def all_or_nothing(is_stored):
        from cli.process.interrupts import INTERRUPTS

        INTERRUPTS.nothing_stored()
        if is_stored:
            INTERRUPTS.stored()
        in_c()

    def gently(*options):
        with open_listener(*options) as listener:
            in_c()

    def wrapped():
        try:
            in_python()
        except BaseException as error:
            raise RuntimeError("something else") from error

    def in_exec():
        exec("in_python()")

    def exiting():
        import concurrent.futures
        concurrent.futures.ThreadPoolExecutor(1).submit(time.sleep, 3600)
        print("ready", flush=True)

    @click.command()
    @click.argument("what")
    def command(what):
        # On a busy machine the main thread has longer for what it does by itself.
        if what in ("in_python()", "in_exec()", "wrapped()"):
            cli.process.interrupts.PATIENCE = 60.0
        if "tidying" not in what:
            cli.process.interrupts.TIDYING_PATIENCE = 60.0
        eval(what)

    cli.main.main.get_command = lambda context, name: command
    cli.main.main()
"""

Press = Callable[..., "Pressed"]


class Pressed:
    """A process in which something goes on."""

    def __init__(self, what: str, command_name: str = "label", **options: object) -> None:
        command = [sys.executable, "-c", textwrap.dedent(PROGRAM), command_name, what]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, **pipes, **options)  # type: ignore[call-overload]
        self.patience = threading.Timer(LONG, self.process.kill)  # what waits for a line gets none then
        self.patience.start()
        assert self.process.stdout.readline() == "ready\n"

    def press(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def line(self) -> str:
        """Wait for a line on stderr."""
        line: str = self.process.stderr.readline()
        return line

    def end(self) -> tuple[int, str]:
        """Wait for its end, and return its exit code and what more it says on stderr."""
        _, said = self.process.communicate(timeout=LONG)
        return self.process.returncode, said


@pytest.fixture
def run() -> Iterator[Press]:
    """Run programs that are killed at the end of the test."""
    started = []

    def begin(what: str, command_name: str = "label", **options: object) -> Pressed:
        started.append(Pressed(what, command_name, **options))
        return started[-1]

    yield begin
    for one in started:
        one.patience.cancel()
        one.process.kill()
        one.process.communicate()


def test_the_main_thread_answers_by_itself(run: Press) -> None:
    program = run("in_python()")
    program.press()
    assert program.end() == (STOPPED, f"{KEPT_SENTENCE}\n")


def test_what_a_library_computes_is_ended(run: Press) -> None:
    program = run("in_c()")
    program.press()
    assert program.end() == (STOPPED, f"{KEPT_SENTENCE}\n")


@pytest.mark.parametrize("what", ["in_python()", "in_c()", "tidying()", "wrapped()"])
@pytest.mark.parametrize("command", ["query", "similar", "info", "duplicates"])
def test_who_only_looks_is_told_nothing_of_storing_and_waits_for_nothing(run: Press, what: str, command: str) -> None:
    """Fails before: "what was stored is kept", and three seconds for what may never end."""
    program = run(what, command)
    program.press()
    assert program.end() == (STOPPED, f"{STOPPED_SENTENCE}\n")


@pytest.mark.parametrize(("is_stored", "said"), [(False, STOPPED_SENTENCE), (True, KEPT_SENTENCE)])
def test_what_is_stored_as_a_whole_is_kept_once_it_is(run: Press, is_stored: bool, said: str) -> None:
    program = run(f"all_or_nothing({is_stored})", "import-embeddings")
    program.press()
    assert program.end() == (STOPPED, f"{said}\n")


def test_tidying_up_may_take_long_but_says_so(run: Press) -> None:
    program = run("tidying()")
    program.press()
    assert program.line() == f"{STOPPING_SENTENCE}\n"
    program.press()
    assert program.end() == (STOPPED, f"{KEPT_SENTENCE}\n")


def test_one_press_ends_what_tidies_up_for_ever(run: Press) -> None:
    """Fails before: an import in a thread waits for ever for one that Ctrl-C broke off, and Ctrl-C for the thread."""
    program = run("tidying()")
    program.press()
    assert program.end() == (STOPPED, f"{STOPPING_SENTENCE}\n{KEPT_SENTENCE}\n")


def test_the_second_press_ends_a_run_at_once(run: Press) -> None:
    program = run("gently(False, False)")
    program.press()
    assert program.line() == f"{GENTLE_SENTENCE}\n"
    program.press()
    assert program.end() == (STOPPED, f"{KEPT_SENTENCE}\n")


def test_programs_that_read_along_get_json(run: Press) -> None:
    program = run("gently(False, True)")
    program.press()
    assert json.loads(program.line())["text"] == GENTLE_SENTENCE
    program.press()
    code, said = program.end()
    assert (code, json.loads(said)["text"]) == (STOPPED, KEPT_SENTENCE)


def test_a_run_that_never_answers_is_ended(run: Press) -> None:
    program = run("gently(True, False)")
    program.press()
    assert program.end() == (STOPPED, "")


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_ctrl_c_as_the_process_ends_waits_for_nothing(run: Press, seconds: float) -> None:
    program = run("exiting()")
    time.sleep(seconds)  # after which the command is over and the process waits for its thread
    program.press()
    code, said = program.end()
    assert code == STOPPED and "Traceback" not in said


def test_a_library_that_makes_another_error_of_it_is_ended(run: Press) -> None:
    """Fails before causes were looked at: Python up to 3.11 makes a RuntimeError of it while a class is made."""
    program = run("wrapped()")
    program.press()
    assert program.end() == (STOPPED, f"{KEPT_SENTENCE}\n")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no process ends by a signal")
def test_a_module_that_is_run_ends_with_the_exit_code(tmp_path: Path) -> None:
    """Fails before the note of it was cleared: the process ended by the signal, after it had said its sentence."""
    (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "program", "label", "in_exec()"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    with subprocess.Popen(command, env=environment, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=LONG)[1] == f"{KEPT_SENTENCE}\n"
    assert process.returncode == STOPPED


STALLING = """
import sys, time

class Stalling:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            print("ready", flush=True)
            time.sleep(3600)

sys.meta_path.insert(0, Stalling())
from cli.main import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no single process can be sent Ctrl-C")
@pytest.mark.parametrize("module", ["click", "cli.output.rows"])
def test_ctrl_c_while_modules_are_imported(module: str) -> None:
    """Fails before starting.py: a traceback."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", STALLING, module], **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=LONG)[1] == f"{STOPPED_SENTENCE}\n"
    assert process.returncode == STOPPED


def test_importing_the_commands_leaves_signals_alone() -> None:
    asked = "import signal, cli.main; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    subprocess.run([sys.executable, "-c", asked], check=True)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no single process can be sent Ctrl-C")
def test_what_is_done_when_ctrl_c_comes_keeps_its_exit_code() -> None:
    """Fails before the last moments ignored it: the process ended by the signal though all was done."""
    late = "import atexit, sys; atexit.register(lambda: (print('ready', flush=True), sys.stdin.read()))"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", f"{late}; from cli.main import main; main()", "--version"]
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline().startswith("clipsearch")
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=LONG)[1] == ""
    assert process.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="jobs in the background are POSIX's")
def test_a_job_in_the_background_does_not_hear_the_terminal(run: Press) -> None:
    program = run("in_c()", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    program.press()
    with pytest.raises(subprocess.TimeoutExpired):
        program.process.wait(3)
