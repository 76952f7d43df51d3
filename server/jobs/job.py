"""A job: what was asked for and takes longer than a request, how far it is, and how it ended."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from indexer.errors import ClipsearchError

JobKind = Literal["copy", "link", "sheet", "label", "label set", "undo"]
JobState = Literal["running", "done", "stopped", "failed"]

LOOK_SECONDS = 0.02  # between two looks at whether a job has ended


class Stopped(ClipsearchError):
    """Nobody wants what this work would give any more."""


@dataclass
class Job:
    """One job. Its thread writes, all others read, and may stop it."""

    kind: JobKind
    sentence: str  # what it does, in the end what it did
    total: int
    id: str = field(default_factory=lambda: os.urandom(6).hex())
    done: int = 0
    state: JobState = "running"
    result: dict[str, Any] | None = None
    error: str | None = None
    if_stopped: str | None = None  # the last sentence of work in a thread that may be broken off at any moment
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self, result: dict[str, Any]) -> None:
        """End with a result, in which `sentence` says what was done and `stopped` whether it was stopped."""
        with self._lock:
            if self._ended.is_set():
                return
            self.sentence = result.pop("sentence", self.sentence)
            self.state = "stopped" if result.pop("stopped", False) else "done"
            self.done = self.total if self.state == "done" else self.done
            self.result = result
            self._ended.set()

    def fail(self, error: str) -> None:
        """End with a sentence on why."""
        with self._lock:
            if not self._ended.is_set():
                self.error, self.state = error, "failed"
                self._ended.set()

    def stop(self) -> None:
        """End now if the work may be broken off; what its thread still does, as loading a model, comes to nothing."""
        with self._lock:
            if self.if_stopped is not None and not self._ended.is_set():
                self.sentence, self.state = self.if_stopped, "stopped"
                self._ended.set()

    def at(self, sentence: str, done: int, total: int, *, may_stop: bool = True) -> None:
        """Say what is being done and how far it is, in its thread; raises Stopped if it was stopped."""
        with self._lock:
            if self._ended.is_set():
                raise Stopped("This was stopped.")
            self.sentence, self.done, self.total = sentence, done, total
            self.if_stopped = self.if_stopped if may_stop else None

    async def wait(self, seconds: float) -> None:
        """Wait for its end, at most so long."""
        until = time.monotonic() + seconds
        while not self._ended.is_set() and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)

    def take(self, line: dict[str, Any]) -> None:
        """Take a line of the child process that does it."""
        match line.pop("event", None):
            case "progress":
                self.done, self.total = line["done"], line.get("total", self.total)
            case "result":
                self.end(line)
            case "failed":
                self.fail(line["error"])

    def died(self, code: int) -> None:
        """Take note that its process has ended, of which nothing was heard if something went wrong."""
        if self.state == "running":
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            self.fail(f"This ended unexpectedly ({how}); what was made so far is among the actions, to be taken back.")
