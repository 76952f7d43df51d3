"""The duplicates of a library: found once for a state of it, kept until something else is asked for."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from search.filters.subtrees import Subtree
from server.children.child import PROGRAM, Child
from server.errors import Refused
from server.jobs.kept_groups import Group, KeptGroups

if TYPE_CHECKING:
    from indexer.arrays import Ids

RunState = Literal["none", "running", "done", "stopped", "failed"]
NOT_YET = "The duplicates have not been looked for yet; start that first."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duplicates are asked for, of which state of the library."""

    folders: tuple[Subtree, ...]  # none means all
    exact: bool
    state: str
    asked: str = ""  # the filters that `ids` pass, as they were asked for
    among: str = ""  # what tells `ids` from others
    ids: Ids | None = field(default=None, compare=False)  # the pictures that are meant, ascending, instead of folders


@dataclass
class Run:
    """One search for duplicates. Its thread writes, all others read."""

    wanted: Wanted
    id: str = field(default_factory=lambda: os.urandom(4).hex())
    state: RunState = "running"
    step: str = "Looking at files"
    done: int = 0
    of: int = 0
    spare: int = 0
    spare_bytes: int = 0
    error: str | None = None
    groups: KeptGroups = field(default_factory=KeptGroups)

    def take(self, line: dict[str, Any]) -> None:
        """Take a line of the child process."""
        try:
            self._take(line)
        except (OSError, ValueError) as error:  # no room for it, or nobody wants it any more
            self._end("failed", f"The groups can't be kept ({error}); free some space, and look for them again.")

    def died(self, code: int) -> None:
        """Take note that the process has ended."""
        if self.state == "running":
            self._end("failed", f"The search ended unexpectedly (exit code {code}); start it again.")

    def _take(self, line: dict[str, Any]) -> None:
        match line.pop("event", None):
            case "progress":
                self.step = "Comparing pictures"
                self.done, self.of = line["done"], line.get("total", self.of)
            case "group":
                self.groups.add(line)
            case "failed":
                self._end("failed", line["error"])
            case "result" if line.get("stopped"):
                self._end("stopped")
            case "result" if self.state == "running":
                self.spare, self.spare_bytes = line["spare"], line["spare_bytes"]
                self._end("done")

    def _end(self, state: RunState, error: str | None = None) -> None:
        if self.state == "running":
            self.state, self.error = state, error


class Duplicates:
    """Finds the duplicates of one library, and keeps those that were found last."""

    def __init__(self, library: Path) -> None:
        """Take the library's folder."""
        self._library = library
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._child: Child | None = None

    def start(self, wanted: Wanted, *, read_only: bool) -> Run:
        """Return the run for what is wanted, started if there is none; another one ends."""
        with self._lock:
            run = self._run
            if run is not None and run.wanted == wanted and run.state in ("running", "done"):
                return run
            self._end_run()
            self._run = run = Run(wanted)
            request = {
                "work": "duplicates",
                "library": str(self._library),
                "folders": [(folder.root, folder.path) for folder in wanted.folders],
                "exact": wanted.exact,
                "ids": None if wanted.ids is None else wanted.ids.tolist(),
                "read_only": read_only,
            }
            text = json.dumps(request).encode("ascii") + b"\n"
            try:
                self._child = Child(PROGRAM, told=run.take, ended=run.died, request=text)
            except OSError as error:
                run.died(error.errno or 1)
        return run

    def stop(self) -> None:
        """Ask the run that goes on to stop; what was compared is remembered."""
        with self._lock:
            if self._child is not None:
                self._child.stop()

    def now(self) -> Run | None:
        """Return the last run, None if there was none."""
        return self._run

    def found(self) -> Run:
        """Return the run whose groups are all there; raises Refused if there is none."""
        run = self._run
        if run is None or run.state != "done":
            raise Refused(409, NOT_YET)
        return run

    def close(self) -> None:
        """End what goes on, and forget what was found."""
        with self._lock:
            self._end_run()
            child = self._child
        if child is not None:
            child.close()

    def _end_run(self) -> None:
        if self._child is not None:
            self._child.stop()
        if self._run is not None:
            self._run.groups.close()


def page_of(run: Run, first: int, count: int) -> Sequence[Group]:
    """Return some groups of a run; raises Refused if it was replaced meanwhile."""
    try:
        return run.groups.read(first, count)
    except ValueError:
        raise Refused(410, "The duplicates were looked for anew meanwhile; start at the first ones.") from None
