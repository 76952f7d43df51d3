"""Index runs that the page starts: the command itself in a child process, and what it says of its progress.

A run of another process, such as in a terminal, is seen by the name that it leaves beside the library's lock.
"""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.store.lock import lock_holder
from indexer.store.store import now
from server.children.child import Child, Line
from server.errors import Refused
from server.jobs.index_progress import IndexProgress

PROGRAM = "from cli.main import main; main(prog_name='clipsearch')"
OPTIONS = ("--thumbnails", "--log-json", "--stop-at-eof")
STOPPED = 130  # the exit code of a run that was stopped
SOME_FAILED = 3  # of one that left files out


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last run of this server ended."""

    ended_at: str  # UTC, ISO 8601
    sentence: str
    ok: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """Whether the library is being indexed now, by whom, and how far that is."""

    by: str | None = None  # another process
    stopping: bool = False
    progress: IndexProgress | None = None  # of this server's own run
    last: Ended | None = None

    @property
    def running(self) -> bool:
        """Whether anyone indexes it."""
        return self.mine or self.by is not None

    @property
    def mine(self) -> bool:
        """Whether it is this server's run."""
        return self.progress is not None


class IndexRuns:
    """The index runs of one library, of which one at a time goes on."""

    def __init__(self, library: Path, device: str = "auto") -> None:
        """Take the library's folder, and where its model computes."""
        self._library, self._device = Path(os.path.abspath(library)), device
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._state = IndexState()

    def start(self, roots: Sequence[Path]) -> None:
        """Start a run over roots, or over all; raises Refused if one goes on."""
        with self._lock:
            if self._child is not None:
                raise Refused(409, "The library is being indexed already; wait until that has ended, or stop it.")
            if holder := lock_holder(self._library):
                raise Refused(409, f"The library is being indexed by {holder.name}; wait until that has ended.")
            options = [
                "--library",
                str(self._library),
                "--device",
                self._device,
                "--log-json",
                "--stop-at-eof",
                "--thumbnails",
            ]
            self._state = IndexState(progress=IndexProgress(), last=self._state.last)
            try:
                arguments = ["index", *options, *map(str, roots)]
                self._child = Child(PROGRAM, arguments, told=self._take, ended=self._end, stream="stderr")
            except OSError as error:
                self._state = IndexState(last=self._state.last)
                raise Refused(503, f"No process can be started to index ({error.strerror}); try again.") from error

    def stop(self) -> None:
        """Ask this server's run to stop: what is encoded is kept; raises Refused if there is none."""
        with self._lock:
            if self._child is None:
                raise Refused(409, "The page has started no run that goes on, so there is nothing to stop.")
            self._state = replace(self._state, stopping=True)
            self._child.stop()

    def state(self) -> IndexState:
        """Return the state now."""
        with self._lock:
            state = copy.deepcopy(self._state)  # which a thread goes on writing
        if state.mine or (holder := lock_holder(self._library)) is None:
            return state
        return replace(state, by=holder.name)

    def close(self) -> None:
        """End the run that goes on."""
        if (child := self._child) is not None:
            child.close()

    def _take(self, event: Line) -> None:
        with self._lock:
            if self._state.progress is not None:
                self._state.progress.take(event)

    def _end(self, code: int) -> None:
        with self._lock:
            progress = self._state.progress or IndexProgress()
            well = progress.went_well and code in (0, SOME_FAILED, STOPPED)
            sentence = progress.ended or _unsaid(code)
            self._state = IndexState(last=Ended(now(), sentence, well))
            self._child = None


def _unsaid(code: int) -> str:
    """Say how a run ended that said nothing itself."""
    if code == STOPPED:
        return "Stopped before anything was encoded."
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"The run ended unexpectedly ({how}); what was encoded is kept, and the next run goes on from there."
