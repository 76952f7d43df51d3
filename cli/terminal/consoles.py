"""What draws on a terminal: rich's consoles and bars, whose texts are made harmless before they are laid out.

A text of someone else's is given as `plain`, never as a str, in which rich finds markup. Should one be forgotten, the
console still spells out what a terminal would obey; only its own control codes, colours and links pass.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from cli.terminal.door import led_to, trusted
from indexer.harmless import harmless, harmless_lines, unmistakable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.progress import Progress, ProgressColumn
    from rich.segment import Segment
    from rich.text import Text


def plain(text: str, style: str = "") -> Text:
    """Return a text of someone else's, such as a name, for a console."""
    from rich.text import Text

    return Text(unmistakable(text), style)


def console(stderr: bool = False, width: int | None = None) -> Console:
    """Return a console for texts and tables."""
    return _safe_console()(file=trusted(sys.stderr if stderr else sys.stdout), width=width)


def picture_console(width: int | None = None) -> Console:
    """Return a console for what is no text: pictures in codes of the terminal's own."""
    from rich.console import Console

    return Console(file=trusted(sys.stdout), width=width)


@cache
def _safe_console() -> type[Console]:
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for text, style, control in super().render(renderable, options):
                if not control:
                    text = harmless_lines(text)
                    if style is not None and style.link is not None:
                        style = style.update_link(harmless(style.link))
                yield Segment(text, style, control)

    return SafeConsole


@cache
def _safe_bar() -> type[Progress]:
    from rich.progress import Progress

    class SafeBar(Progress):
        def __init__(self, *columns: str | ProgressColumn, **options: Any) -> None:
            super().__init__(*columns, **options)
            self._leading = contextlib.ExitStack()

        def start(self) -> None:
            self._leading.enter_context(led_to(_Above(self.console)))
            super().start()

        def stop(self) -> None:
            self._leading.close()
            super().stop()

    return SafeBar


def drawn_bar(*columns: str | ProgressColumn, transient: bool = False) -> Progress:
    """Return a bar on stderr, which what is written meanwhile stands above; `transient` erases it at its end."""
    return _safe_bar()(
        *columns, console=console(stderr=True), transient=transient, redirect_stdout=False, redirect_stderr=False
    )


class _Above:
    """Writes whole lines above a bar."""

    def __init__(self, console: Console) -> None:
        self._console, self._rest = console, ""

    def write(self, text: str, /) -> None:
        """Write the lines that are complete now."""
        from rich.text import Text

        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def flush(self) -> None:
        """Write what waits for the end of its line: it may be a question."""
        if self._rest:
            self.write("\n")
