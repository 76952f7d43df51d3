"""What an indexing run shows on stderr: problems as lines, on a terminal a bar with rate and ETA.

The first Ctrl-C lets the batch in hand finish and be stored; a second one stops at once.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from cli.output import is_terminal, tell
from indexer.paths import readable
from indexer.scan import Problem

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class IndexProgress:
    """The Listener of the command line. Use it as a context manager."""

    def __init__(self) -> None:
        self._stop = False
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> IndexProgress:
        for kind in (signal.SIGINT, signal.SIGTERM):
            self._before[kind] = signal.signal(kind, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._bar is not None:
            self._bar.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True
        self._line("Stopping after this batch; Ctrl-C again stops at once.")

    def _line(self, text: str) -> None:
        """Write a line above the bar."""
        if self._bar is None:
            tell(text)
        else:
            self._bar.console.print(readable(text), markup=False, highlight=False, soft_wrap=True)

    def problem(self, problem: Problem) -> None:
        """Name what was left out."""
        self._line(f"{problem.path}: {problem.reason}")

    def loading(self) -> None:
        """Say that the model is being loaded, which takes some seconds."""
        if is_terminal(sys.stderr):
            self._line("Loading the model...")

    def encoding(self, total: int) -> None:
        """Start the bar, if a person is watching."""
        if not is_terminal(sys.stderr):
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        class Rate(TextColumn):
            def render(self, task: Any) -> Any:
                from rich.text import Text

                return Text(f"{task.speed:.1f} pictures/s" if task.speed else "")

        self._bar = Progress(
            TextColumn("Encoding"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(""),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("encode", total=total)
        self._bar.start()

    def progress(self, done: int) -> None:
        """Advance the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, done)

    def stopping(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self._stop
