"""What was measured, and the table in which it stands beside the targets."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.daily.processes import Run

HEADER = "| what | rclip | clipsearch | ratio | target | reached |\n|-|-|-|-|-|-|"


@dataclass(slots=True)
class Figures:
    """Values by name, one a round."""

    all: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Add one round's value, and show it."""
        self.all.setdefault(name, []).append(value)
        print(f"  {name}: {value:.4g}", file=sys.stderr, flush=True)

    def add_memory(self, name: str, done: Run) -> None:
        """Add the peaks of a sampled command."""
        self.add(f"{name}, PSS, MB", done.peak_pss)
        self.add(f"{name}, RSS, MB", done.peak_rss)

    def __getitem__(self, name: str) -> float:
        return statistics.median(self.all[name])

    def get(self, name: str) -> float | None:
        """Return a median, if the value was measured."""
        return self[name] if name in self.all else None

    def spread(self, name: str) -> str:
        """Return the least and greatest value."""
        return f"{min(self.all[name]):.3g} to {max(self.all[name]):.3g}"

    def rounds(self) -> str:
        """Return a table of all that was measured."""
        lines = [f"| {name} | {self[name]:.3g} | {self.spread(name)} |" for name in self.all]
        return "\n".join(["| measured | median | least to greatest |\n|-|-|-|", *lines])


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `reached` is None where nothing can be said."""

    what: str
    rclip: str
    clipsearch: str
    ratio: float | None = None
    target: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        reached = {None: "", True: "yes", False: "no"}[self.reached]
        return f"| {self.what} | {self.rclip} | {self.clipsearch} | {ratio} | {self.target} | {reached} |"


def time_row(figures: Figures, what: str, name: str, at_most: float | None = None) -> Row:
    """Return both tools' seconds for one thing, with what share of rclip's may be taken."""
    ours, theirs = figures[f"clipsearch, {name}, s"], figures.get(f"rclip, {name}, s")
    ratio = None if theirs is None else ours / theirs
    target = "" if at_most is None else f"<= {at_most:g}x rclip's"
    reached = None if ratio is None or at_most is None else ratio <= at_most
    shown = "" if theirs is None else f"{theirs:.2f} s"
    return Row(what, shown, f"{ours:.2f} s", ratio, target, reached)


def limit_row(what: str, value: float, unit: str, at_most: float, theirs: float | None = None) -> Row:
    """Return a value of ours that has a limit of its own."""
    digits = 2 if at_most < 100 else 0
    shown = "" if theirs is None else f"{theirs:.{digits}f} {unit}"
    limit = f"<= {at_most:g} {unit}".rstrip()
    return Row(what, shown, f"{value:.{digits}f} {unit}".rstrip(), None, limit, value <= at_most)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    return "\n".join([HEADER, *map(str, rows)])
