"""What is shown of weights that are being downloaded: a bar on a terminal, else a line at the start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.terminal.consoles import drawn_bar
from cli.terminal.streams import is_terminal
from indexer.harmless import harmless
from indexer.wording import human_size

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from indexer.download.reporting import Download


class DownloadDisplay:
    """Shows one download after the other; call it with each report."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Take what writes a line."""
        self._tell = tell
        self._name: str | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, download: Download) -> None:
        """Show how far a download has come."""
        if self._name is None:
            self._name = download.name
            self._start(download)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=download.done)
        if download.over:
            self._end()

    def _start(self, download: Download) -> None:
        if is_terminal(sys.stderr):
            self._bar = _download_bar()
            self._task = self._bar.add_task(harmless(download.name), total=download.total, completed=download.done)
            self._bar.start()
            return
        size = "" if download.total is None else f", {human_size(download.total)}"
        here = f", of which {human_size(download.done)} are here" if download.done else ""
        self._tell(f"Downloading {download.name} of {download.repository}{size}{here}...")

    def _end(self) -> None:
        self._name = None
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _download_bar() -> Progress:
    """Return a bar with bytes, bytes a second and the time left."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    return drawn_bar(
        TextColumn("Downloading {task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
