"""What a terminal shows of a labelling: how many pictures have each label, and those of which it is the least sure."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cli.output.rows import tell, write_rows
from indexer.wording import counted, doing

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.labels.reading import Labelled
    from search.results import AnyLabelled

LABELS_SHOWN = 20
UNCERTAIN_SHOWN = 5  # pictures
UNSURE = 0.5  # the margin from which on a label is no longer worth a look
WIDEST_BAR = 30  # columns of a terminal
TAKEN = 30  # of them, by what stands beside a bar and the label


def show_summary(done: Labelled) -> None:
    """Show counts with bars, and the least certain pictures with their two best classes."""
    if not done.total:
        return
    tell("")
    write_rows(_count_rows(done.counts, done.total), ("class", "pictures", "share"))
    _tell_of_the_rest(done.counts)
    tell("")
    unsure = [picture for picture in done.uncertain(UNCERTAIN_SHOWN, 2) if picture.margin < UNSURE]
    if not unsure:
        tell("No label is in doubt: each is far ahead of the next.")
        return
    tell("The least certain:")
    columns = ("label", "or", "path", *["at"] * any(picture.at is not None for picture in unsure))
    write_rows(map(_uncertain_row, unsure), columns)


def _count_rows(counts: Mapping[str, int], total: int) -> Iterator[dict[str, Cell]]:
    """Yield a row for each label, the most frequent first; of many labels only for those that some picture has."""
    shown = _shown(counts)
    width = _bar_width(shown)
    sign = "\u2588" if (sys.stdout.encoding or "").lower().startswith("utf") else "#"
    most = max(shown.values(), default=0)
    for label, count in shown.items():
        length = -(-count * width // most) if most else 0  # rounded up: even one picture shows
        bar = f"{sign * length:{width}} " if width else ""
        yield {"class": label, "pictures": str(count), "share": f"{bar}{percent(count, total):>4}"}


def _shown(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the labels that have a row."""
    worth = {label: count for label, count in counts.items() if count or len(counts) <= LABELS_SHOWN}
    return dict(list(worth.items())[:LABELS_SHOWN])


def _bar_width(labels: Mapping[str, int]) -> int:
    """Return how long a bar may be beside the labels; 0 where there is no room for one."""
    room = shutil.get_terminal_size().columns - TAKEN - max(map(len, labels), default=0)
    return min(WIDEST_BAR, room) if room >= 5 else 0


def percent(count: int, total: int) -> str:
    """Return a share as a person reads it; what is there is never 0%."""
    share = 100 * count / total
    return "<1%" if 0 < share < 0.5 else f"{share:.0f}%"


def _tell_of_the_rest(counts: Mapping[str, int]) -> None:
    """Say which labels have no row."""
    shown = _shown(counts)
    rest = [count for label, count in counts.items() if label not in shown]
    used = [count for count in rest if count]
    parts = [f"{counted(len(used), 'more label')} with {counted(sum(used), 'picture', ',')}"] if used else []
    without = len(rest) - len(used)
    parts += [f"{doing(without, 'class', 'has', 'have')} no picture"] if without else []
    if parts:
        tell(f"{'; '.join(parts)}.")


def _uncertain_row(picture: AnyLabelled) -> dict[str, Cell]:
    """Return a picture with its label and the best of the other classes."""
    others = [pair for pair in picture.probabilities.items() if pair[0] != picture.best]
    name, probability = max(others, key=lambda pair: pair[1], default=("", 0.0))
    return {
        "label": f"{picture.best} {picture.probability:.2f}",
        "or": f"{name} {probability:.2f}" if others else "",
        "path": picture.path,
        "at": picture.at,
    }
