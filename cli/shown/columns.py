"""The columns of a terminal's tables: the word above each, how its values are shown, and on which side they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cli.shown.times import camera_time, local_time
from indexer.harmless import unmistakable
from indexer.wording import clock, counted, human_size

Value = str | float | Path | None
Kind = Literal["number", "word", "prose", "path"]  # to the right; to the left; in lines of its own; last and never cut


def _text(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _of_text(show: Callable[[str], str]) -> Callable[[Value], str]:
    return lambda value: show(str(value))


def _of_number(show: Callable[[float], str]) -> Callable[[Value], str]:
    """Return what shows a number; a text that is none, as it is."""
    return lambda value: show(value) if isinstance(value, int | float) else str(value)


def copies(count: int) -> str:
    """Return how many copies stand behind a picture, "+9 copies"; "" for none."""
    return f"+{counted(count, 'copy', ',')}" if count else ""


@dataclass(frozen=True, slots=True)
class Column:
    """How a terminal shows a column."""

    heading: str
    kind: Kind = "word"
    show: Callable[[Value], str] = _text
    absent: str = ""  # for None

    def shown(self, value: Value) -> str:
        """Return a value, harmless, in one line."""
        return self.absent if value is None else unmistakable(self.show(value))


_COUNT = _of_text(lambda text: f"{int(text):,}" if text.isdecimal() else text)
_PROBABILITY = Column("Probability", "number", _of_number("{:.2f}".format))

KNOWN = {
    "score": Column("Score", "number", _of_number("{:.3f}".format)),
    "path": Column("Path", "path"),
    "address": Column("Address", "path"),
    "at": Column("At", "number", _of_number(clock)),
    "probability": _PROBABILITY,
    "size": Column("Size", "number", _of_number(lambda size: human_size(int(size)))),
    "copies": Column("Copies", "number", _of_number(lambda count: copies(int(count)))),
    "taken_at": Column("Taken", "word", _of_text(camera_time)),
    "failed_at": Column("Failed", "word", _of_text(local_time)),
    "indexed_at": Column("Indexed", "word", _of_text(local_time), "not completely"),
    "labelled_at": Column("Labelled", "word", _of_text(local_time)),
    "began": Column("When", "word", _of_text(local_time)),
    "id": Column("ID"),
    "action": Column("What was done", "prose"),
    "reason": Column("Reason", "prose"),
    "note": Column("Note", "prose"),
    "what": Column("What", "prose"),
    "rules": Column("Rules", "prose"),
    "prompts": Column("Prompts", "prose"),
    "folder": Column("Folder"),
    **{name: Column(name.capitalize(), "number", _COUNT) for name in ("group", "pictures", "classes", "files")},
    **{name: Column(name.capitalize(), "number") for name in ("pixels", "distance")},
}


def column_of(name: str) -> Column:
    """Return how a column is shown, also one that is known only in part, such as probability_2."""
    start, _, rank = name.rpartition("_")
    if name not in KNOWN and start in KNOWN and rank.isdecimal():
        return Column(f"{KNOWN[start].heading} {rank}", KNOWN[start].kind, KNOWN[start].show)
    return KNOWN.get(name) or Column(unmistakable(name.replace("_", " ").capitalize()))
