"""What an indexing run shows on stderr: lines for people, a bar on a terminal, or JSON lines for programs.

The first Ctrl-C lets the pictures in progress finish and be stored; a second one stops at once, as does the first while
weights are downloaded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from cli.output.bars import new_bar
from cli.output.downloads import DownloadDisplay
from cli.output.rows import json_shown, tell
from cli.output.summaries import summary_lines
from cli.process.interrupts import GENTLE_SENTENCE, INTERRUPTS
from cli.process.starting import STOPPED
from cli.terminal.streams import is_terminal
from indexer.download.reporting import Download, reporting
from indexer.files.found import Problem
from indexer.indexing.listener import Listener
from indexer.installation import advised
from indexer.paths import readable
from search.json_text import json_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from indexer.indexing.summary import Summary

SLOWED = {"disk": "the disk is the slowest", "decode": "decoding is the slowest", "encode": "the model is the slowest"}


def open_listener(quiet: bool, log_json: bool) -> CommandListener:
    """Return the listener for these options; use it as a context manager."""
    if log_json:
        return JsonListener()
    if quiet:
        return QuietListener()
    return BarListener() if is_terminal(sys.stderr) else CommandListener()


class CommandListener(Listener):
    """Writes lines, and obeys Ctrl-C. Use it as a context manager."""

    def __init__(self) -> None:
        self._stop = False
        self._downloading = False
        self._downloads = DownloadDisplay(self.tell)
        self._open = contextlib.ExitStack()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> CommandListener:
        self._open.enter_context(reporting(self.download))
        self._open.enter_context(INTERRUPTS.gently(self.line))
        for kind in (signal.SIGINT, signal.SIGTERM):
            self._before[kind] = signal.signal(kind, self._on_signal)
        return self

    def __exit__(self, *raised: Any) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._open.close()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        INTERRUPTS.answer()
        if self._stop or self._downloading:  # no picture is in hand then
            raise KeyboardInterrupt
        self._stop = True
        if not INTERRUPTS.is_told:
            self.tell(GENTLE_SENTENCE)

    def line(self, sentence: str) -> str:
        """Return the line that `tell` would write, for when it can't be called."""
        return f"{sentence}\n"

    def tell(self, text: str) -> None:
        """Write a line."""
        tell(text)

    def warn(self, text: str) -> None:
        """Write a line that must not be missed."""
        self.tell(text)

    def problem(self, problem: Problem) -> None:
        """Name what was left out."""
        self.warn(f"{problem.path}: {advised(problem.reason)}")

    def download(self, download: Download) -> None:
        """Note that weights are being downloaded, and show it; one that Ctrl-C came before is not gone on with."""
        self._downloading = not download.over and threading.current_thread() is threading.main_thread()
        self.show_download(download)
        if self._stop and not download.over:
            raise KeyboardInterrupt  # in a thread, where no signal comes, it ends the download alone

    def show_download(self, download: Download) -> None:
        """Draw a bar on a terminal, else write a line at the start."""
        self._downloads(download)

    def stopping(self) -> bool:
        """Return whether Ctrl-C was pressed."""
        return self._stop

    def summary(self, summary: Summary) -> None:
        """Say what a run did."""
        for line in summary_lines(summary):
            self.tell(line)


class QuietListener(CommandListener):
    """Writes problems only, so that a cron job without problems sends no mail: none that stand for good, either."""

    def tell(self, text: str) -> None:
        """Say nothing."""

    def line(self, sentence: str) -> str:
        """Return nothing."""
        return ""

    def warn(self, text: str) -> None:
        """Write a line."""
        tell(text)

    def show_download(self, download: Download) -> None:
        """Show nothing."""

    def problem(self, problem: Problem) -> None:
        """Name what was left out, unless it is no file at all and so will be left out in each run."""
        if not problem.standing:
            super().problem(problem)


class JsonListener(CommandListener):
    """Writes an object for each event, one a line: `event`, `time` (seconds since 1970) and its details."""

    def __init__(self) -> None:
        super().__init__()
        self._left: int | None = 0

    def _event(self, event: str, **fields: Any) -> None:
        click.echo(_json_line(event, fields), err=True)

    def tell(self, text: str) -> None:
        """Write a message."""
        self._event("message", text=readable(text))

    def line(self, sentence: str) -> str:
        """Return a message."""
        return f"{_json_line('message', {'text': sentence})}\n"

    def problem(self, problem: Problem) -> None:
        """Write what was left out."""
        self._event("problem", path=readable(problem.path), reason=problem.reason, lasting=problem.lasting)

    def show_download(self, download: Download) -> None:
        """Write how much of a file is there, in bytes; of a total of null the hub did not say how much there is."""
        self._event("download", name=download.name, done=download.done, total=download.total)

    def loading(self) -> None:
        """Write that the model is being loaded."""
        self._event("loading")

    def encoding(self, total: int | None) -> None:
        """Write how many files there are to encode; null if that is not known yet, nor how many are left then."""
        self._left = total
        self._event("encoding", total=total)

    def thumbnails(self, total: int) -> None:
        """Write how many files lack thumbnails."""
        self._left = total
        self._event("thumbnails", total=total)

    def progress(self, done: int) -> None:
        """Write how many are done."""
        self._left = None if self._left is None else self._left - done
        self._event("progress", done=done, left=self._left)

    def bottleneck(self, name: str) -> None:
        """Write what the run waits for."""
        self._event("bottleneck", name=name)

    def summary(self, summary: Summary) -> None:
        """Write the whole summary, paths as text."""
        fields = dataclasses.asdict(summary)
        del fields["taken"], fields["taken_too"]  # examples for people
        self._event("summary", rate=round(summary.rate, 3), **fields)

    def __exit__(self, *raised: Any) -> None:
        """Write what ended the run as an event too, so that every line is JSON."""
        super().__exit__(*raised)
        error, clicks_own = raised[1], (click.ClickException, click.exceptions.Exit)
        if isinstance(error, KeyboardInterrupt):
            self.tell(str(error) or INTERRUPTS.sentence)
            raise click.exceptions.Exit(STOPPED) from error
        if os.environ.get("CLIPSEARCH_DEBUG") or not isinstance(error, Exception) or isinstance(error, clicks_own):
            return
        from cli.output.error_sentences import sentence

        self._event("error", text=readable(sentence(error)))
        raise click.exceptions.Exit(getattr(error, "exit_code", 1)) from error


def _json_line(event: str, fields: Mapping[str, Any]) -> str:
    record = {"event": event, "time": round(time.time(), 3), **fields}
    return json_shown(json_text(record, default=lambda value: readable(str(value))))


class BarListener(CommandListener):
    """Draws a bar with pictures per second, the time left, and what the run waits for now."""

    def __init__(self) -> None:
        super().__init__()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __exit__(self, *raised: Any) -> None:
        super().__exit__(*raised)
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def show_download(self, download: Download) -> None:
        """Draw a bar, unless pictures are being encoded meanwhile, which have one."""
        if self._bar is None or download.over:
            super().show_download(download)

    def loading(self) -> None:
        """Say that the model is being loaded, which takes some seconds."""
        self.tell("Loading the model...")

    def encoding(self, total: int | None) -> None:
        """Start the bar."""
        from rich.progress import TextColumn

        self._close()
        self._bar = new_bar("Encoding", "pictures", TextColumn("{task.fields[bottleneck]}"))
        self._task = self._bar.add_task("encode", total=total, bottleneck="")
        self._bar.start()

    def thumbnails(self, total: int) -> None:
        """Start another bar."""
        self._close()
        self._bar = new_bar("Thumbnails", "pictures")
        self._task = self._bar.add_task("thumbnails", total=total)
        self._bar.start()

    def progress(self, done: int) -> None:
        """Advance the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, done)

    def bottleneck(self, name: str) -> None:
        """Show what the run waits for."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, bottleneck=SLOWED.get(name, ""))

    def summary(self, summary: Summary) -> None:
        """End the bar, and say what the run did."""
        self._close()
        super().summary(summary)
