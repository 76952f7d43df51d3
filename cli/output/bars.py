"""The bars that long work draws on stderr, if that is a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from cli.terminal.consoles import drawn_bar
from cli.terminal.door import trusted
from cli.terminal.streams import is_terminal
from indexer.harmless import harmless

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID

TEXTS_WITHOUT_BAR = 256
PICTURES_WITHOUT_BAR = 50_000  # are judged in a second or two


def new_bar(title: str, unit: str, *columns: ProgressColumn, transient: bool = False) -> Progress:
    """Return a bar with how many are done, how many a second and the time left; `transient` erases it at its end."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    class Rate(TextColumn):
        def render(self, task: Any) -> Any:
            from rich.text import Text

            return Text(f"{task.speed:.1f} {unit}/s" if task.speed else "")

    usual = (TextColumn(title, markup=False), BarColumn(), MofNCompleteColumn(), Rate(""), TimeRemainingColumn())
    return drawn_bar(*usual, *columns, transient=transient)


class CountBar:
    """Shows on a terminal how many of many things are done. Use it as a context manager, and call it."""

    def __init__(self, title: str, unit: str, few: int) -> None:
        """Take what is done and to what; `few` of them need no bar."""
        self._title, self._unit, self._few = title, unit, few
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> CountBar:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._close()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done; the bar ends with the last of them."""
        if done == total:
            self._close()
        elif self._bar is None and total > self._few and is_terminal(sys.stderr):
            self._bar = new_bar(self._title, self._unit, transient=True)
            self._task = self._bar.add_task(self._title, total=total, completed=done)
            self._bar.start()
        elif self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def text_bar() -> CountBar:
    """Return a bar for the texts of classes."""
    return CountBar("Encoding texts", "texts", TEXTS_WITHOUT_BAR)


@contextlib.contextmanager
def step_bar(title: str, length: int, least: int) -> Iterator[Callable[[], None]]:
    """Show on a terminal a bar of so many steps, if they are not less than `least`; yield what is called after each."""
    if length < least or not is_terminal(sys.stderr):
        yield lambda: None
        return
    with click.progressbar(length=length, label=harmless(title), file=trusted(sys.stderr)) as bar:
        yield lambda: bar.update(1)
