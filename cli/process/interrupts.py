"""Ctrl-C is heard within a second, whatever the main thread is doing.

Python runs signal handlers in the main thread, between two of its own instructions. While a library computes, or the
disk does not answer, that can take minutes. So a thread is woken by the signal itself, gives the main thread a second
to answer it, and then answers in its stead: it says that the command is stopping, or ends it. A command may end at any
instruction without harm: what is stored is stored in transactions, what is written outside is in the journal first, and
files get their names when they are whole.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from cli.process.starting import STOPPED, STOPPED_SENTENCE

PATIENCE = 0.6  # seconds that the main thread has to answer
SECOND_PATIENCE = 0.3  # seconds that it has for a second press
LAST_PATIENCE = 10.0  # seconds that it has after the user was told that the work in hand is being finished
TIDYING_PATIENCE = 3.0  # seconds that it has after it was told to stop: it may wait for a thread that waits for it
GENTLE_SENTENCE = "Stopping after the pictures in hand; Ctrl-C again stops at once."
KEPT_SENTENCE = "Stopped; what was stored is kept."
STOPPING_SENTENCE = "Stopping; Ctrl-C again stops at once."
HEARD = (signal.SIGINT, signal.SIGTERM)
QUIET_TRACKER = "ignore:resource_tracker:UserWarning"  # what a process left that was ended, Python's tracker removes
SHOW_CURSOR = "\x1b[?25h"  # a progress bar hides it


class Interrupts:
    """What is known of the presses of Ctrl-C so far, and who answers them."""

    def __init__(self) -> None:
        """Listen to nothing yet; use `listen`."""
        self.is_answered = False  # by the main thread
        self.is_storing = False  # the command writes what is kept, and may have to tidy up
        self.has_stored = True  # and may have kept something by now
        self.is_working = False  # it has worker processes to end, though it keeps nothing
        self.is_gentle = False  # the first press lets the work in hand be finished
        self.is_told = False  # that it stops
        self.is_over = False  # the command has ended, the process is about to
        self.line: Callable[[str], str] = _plain

    def listen(self) -> None:
        """Start the thread; does nothing where signals can't be had, as in a thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a job in the background ignores it
            signal.signal(signal.SIGINT, self._raise)
        woken, wake = os.pipe()
        if os.name == "posix":
            os.set_blocking(wake, False)  # as set_wakeup_fd asks for
        atexit.register(_ignore_the_rest)
        sys.warnoptions.append(QUIET_TRACKER)
        with contextlib.suppress(ValueError, OSError):
            signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
            threading.Thread(target=self._wait, args=(woken,), name="interrupts", daemon=True).start()

    @property
    def sentence(self) -> str:
        """What is said at the end of a command that was stopped."""
        return KEPT_SENTENCE if self.is_storing and self.has_stored else STOPPED_SENTENCE

    def answer(self) -> None:
        """Note that the main thread has come to handle a signal."""
        self.is_answered = True

    def over(self) -> None:
        """Note that the command has ended: whoever pressed Ctrl-C, or presses it now, need not wait for threads."""
        self.is_over = True
        # If the signal came within an exec, as of a dataclass, `python -m` would end by it, and lose the exit code.
        exec("")  # noqa: S102  # which Python keeps a note of until the next exec

    @contextlib.contextmanager
    def gently(self, line: Callable[[str], str]) -> Iterator[None]:
        """Let the first press finish the work in hand during a with-block; `line` makes a line of a sentence."""
        before = self.is_gentle, self.line
        self.is_gentle, self.line, self.is_storing = True, line, True
        try:
            yield
        finally:
            self.is_gentle, self.line = before

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """End worker processes in order during a with-block that keeps nothing, also if the process is asked to end."""
        self.is_storing, self.is_working = False, True
        listens = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGTERM, self._raise) if listens else None
        try:
            yield
        finally:
            self.is_working = False
            if before is not None:
                signal.signal(signal.SIGTERM, before)

    def nothing_stored(self) -> None:
        """Note that a command that stores has kept nothing yet: all that it did is undone if it is stopped."""
        self.has_stored = False

    def stored(self) -> None:
        """Note that it has."""
        self.has_stored = True

    def _raise(self, number: int, frame: FrameType | None) -> NoReturn:
        """Handle Ctrl-C, and what ends workers in order, as Python does Ctrl-C, and note it."""
        self.answer()
        if self.is_over:
            os._exit(STOPPED)
        raise KeyboardInterrupt

    def _wait(self, woken: int) -> None:
        """Give each press its second."""
        for press in itertools.count(1):
            while (number := os.read(woken, 1)) and number[0] not in HEARD:
                pass
            if not number:
                return
            threading.Thread(target=self._judge, args=(press,), name="interrupt", daemon=True).start()

    def _judge(self, press: int) -> None:
        """Answer a press that the main thread has not answered in time."""
        time.sleep(PATIENCE if press == 1 else SECOND_PATIENCE)
        is_waited_for = self.is_gentle or (self.is_answered and (self.is_storing or self.is_working))
        if self.is_over or press > 1 or not is_waited_for:
            self._end()
        elif not self.is_gentle:
            self._tell(STOPPING_SENTENCE)
            time.sleep(TIDYING_PATIENCE)
            self._end()
        elif not self.is_answered:
            self.is_told = True
            self._tell(GENTLE_SENTENCE)
            time.sleep(LAST_PATIENCE)
            if not self.is_answered:
                self._end()

    def _end(self) -> None:
        """End the process, whatever its other threads are doing."""
        if os.isatty(2):
            _write(SHOW_CURSOR)
        if not self.is_over:  # else it was said
            self._tell(self.sentence)
        os._exit(STOPPED)

    def _tell(self, sentence: str) -> None:
        """Write a sentence to stderr; not through Python's stream, which the main thread may hold."""
        _write(self.line(sentence))


def _ignore_the_rest() -> None:
    """Let Ctrl-C do nothing any more: all is done, and Python no longer calls handlers but would end by the signal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _plain(sentence: str) -> str:
    return f"{sentence}\n"


def _write(text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, text.encode("ascii"))


INTERRUPTS = Interrupts()  # of this process
