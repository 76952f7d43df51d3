"""The figures of `clipsearch eval`: what is taken for what, how sure against how right, and a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from indexer.paths import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from search.evaluation.classification import Evaluation
    from search.evaluation.metrics import Reliability

NAMED = 120  # classes up to which each row of the matrix has its name
COUNTED = 30  # classes up to which each cell has its number
LONGEST = 24  # characters of a name
TITLE = 10.0  # points
LETTERS = 11  # of that size to an inch
RIGHT, WRONG, GREY = "#2166ac", "#d6604d", "#666666"


def confusion_figure(one: Evaluation) -> Figure:
    """Draw the confusion matrix: the colour is the part of the true class, the number the pictures."""
    import numpy as np

    count = len(one.classes)
    shares = one.confusion / np.maximum(1, one.confusion.sum(axis=1, keepdims=True))
    side = min(18.0, max(3.6, (0.42 if count <= COUNTED else 0.16) * count))
    cell = 72 * side / count  # in points, as fonts are
    font = float(np.clip(0.55 * cell, 5, 10))
    large = max(TITLE, side)
    figure, axes = _figure(side + 2.2, side + 1.6)
    axes.imshow(_two_hues(shares), interpolation="nearest")
    axes.set_xlabel("guess", fontsize=large)
    axes.set_ylabel("truth", fontsize=large)
    told = f"{subject(one)}\n{one.top1:.1%} of {one.pictures:,} pictures right"
    axes.set_title(wrapped(told, side, large), fontsize=large, parse_math=False)
    if count <= NAMED:
        names = [_short(name) for name in one.classes]
        widest = 0.65 * font * max(map(len, names))
        axes.set_xticks(range(count), names, rotation=90 if widest > cell else 0, fontsize=font, parse_math=False)
        axes.set_yticks(range(count), names, fontsize=font, parse_math=False)
    if count <= COUNTED:
        for row, column in zip(*np.nonzero(one.confusion), strict=True):
            colour = "white" if shares[row, column] > 0.55 else "black"
            text = f"{one.confusion[row, column]:,}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=min(15.0, 0.3 * cell))
        axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(count + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="#dddddd", linewidth=0.6)
        axes.tick_params(which="minor", length=0)
    return figure


def _two_hues(shares: Any) -> Any:
    """Return the colours (n, n, 3) of shares 0..1: what is right in one hue, what is wrong in another."""
    import numpy as np
    from matplotlib.colors import to_rgb

    depth = np.sqrt(shares)[..., np.newaxis]  # so that a few mistakes among many pictures can be seen
    colours = 1 - depth * (1 - np.array(to_rgb(WRONG)))
    diagonal = np.arange(len(shares))
    colours[diagonal, diagonal] = 1 - depth[diagonal, diagonal] * (1 - np.array(to_rgb(RIGHT)))
    return colours


def reliability_figure(panels: Mapping[str, Reliability]) -> Figure:
    """Draw accuracy against confidence in bins, and beneath how many guesses are in each; a panel for each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.9 * len(panels), 6.6), layout="constrained")
    grid = figure.subplots(2, len(panels), squeeze=False, sharex=True, height_ratios=(3.2, 1))
    for column, (title, one) in enumerate(panels.items()):
        _draw_reliability(grid[0][column], grid[1][column], one)
        told = f"{title}\nECE {one.calibration_error:.3f}"
        grid[0][column].set_title(wrapped(told, 4.0), fontsize=TITLE, parse_math=False)
    figure.legend(handles=_reliability_key(), loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def _reliability_key() -> list[Any]:
    """Return what the legend shows."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Patch(color=RIGHT, label="accuracy"),
        Line2D([], [], color="black", linewidth=1, linestyle="--", label="as sure as right"),
        Patch(label="surer than right", **_faint(WRONG)),
        Patch(label="less sure than right", **_pale()),
    ]


def _faint(colour: str) -> dict[str, Any]:
    """Return how a gap is filled."""
    from matplotlib.colors import to_rgba

    return {"facecolor": to_rgba(colour, 0.3), "edgecolor": colour, "linewidth": 0.8, "hatch": "///"}


def _pale() -> dict[str, Any]:
    """Return how a gap within a bar is filled."""
    return {"facecolor": RIGHT, "edgecolor": "white", "linewidth": 0.8, "hatch": "///"}


def _draw_reliability(above: Axes, below: Axes, one: Reliability) -> None:
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    bins = len(one.counts)
    left = np.arange(bins) / bins
    full = one.counts > 0
    above.bar(left[full], one.accuracy[full], 1 / bins, align="edge", color=RIGHT, edgecolor="white")
    for below_accuracy in (False, True):  # where the guesses are surer than right the gap stands upon the bar
        chosen = full & ((one.accuracy > one.confidence) == below_accuracy)
        low = np.minimum(one.accuracy, one.confidence)[chosen]
        gap = np.abs(one.accuracy - one.confidence)[chosen]
        above.bar(left[chosen], gap, 1 / bins, low, align="edge", **(_pale() if below_accuracy else _faint(WRONG)))
    above.plot([0, 1], [0, 1], color="black", linewidth=1, linestyle="--")
    above.set(xlim=(0, 1), ylim=(0, 1), ylabel="part of the guesses that are right")
    below.bar(left, one.counts, 1 / bins, align="edge", color=GREY, edgecolor="white")
    below.set(xlabel="probability of the guess", ylabel="pictures")
    below.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def comparison_figure(found: Sequence[Evaluation]) -> Figure:
    """Draw the accuracy of each model and set of templates, with the interval that so many pictures leave."""
    from search.evaluation.classification import best_of

    ranked = best_of(found)[::-1]
    figure, axes = _figure(7.5, 1.3 + 0.42 * len(ranked))
    for row, one in enumerate(ranked):
        low, high = one.interval
        axes.barh(row, one.top1, color=RIGHT, height=0.62)
        axes.errorbar(
            one.top1,
            row,
            xerr=[[max(0.0, one.top1 - low)], [max(0.0, high - one.top1)]],
            color="black",
            capsize=3,
            linewidth=1,
        )
        axes.text(1.02, row, f"{one.top1:.3f}", va="center", fontsize=9)  # beside the bar, which may be short
    axes.set_yticks(range(len(ranked)), [wrapped(subject(one), 3.0) for one in ranked], fontsize=9, parse_math=False)
    axes.set(xlim=(0, 1), xlabel="top-1 accuracy, with its 95% interval")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def subject(one: Evaluation) -> str:
    """Name a model with its templates."""
    return f"{one.model}, {one.templates}"


def wrapped(text: str, width: float, size: float = TITLE) -> str:
    """Return a text broken into lines that fit into a width in inches at a size in points."""
    letters = int(width * LETTERS * TITLE / size)
    return "\n".join(part for line in readable(text).splitlines() for part in wrap(line, letters))


def _short(name: str) -> str:
    """Return a name that fits beside an axis."""
    shown = readable(name)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()
