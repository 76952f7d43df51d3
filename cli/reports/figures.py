"""The figures of `clipsearch eval`: what is taken for what, how sure against how right, and a comparison.

They are drawn by matplotlib alone. scikit-learn's displays would bring SciPy, colour by count instead of by share, read
names as formulas, have no numbers of pictures beside the calibration, and draw 200 classes in minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from indexer.harmless import harmless, harmless_lines
from indexer.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from search.evaluation.classification import Evaluation
    from search.evaluation.metrics import Ints, Reliability

NAMED_CLASSES = 120  # up to which each row of the matrix has its name
COUNTED_CLASSES = 30  # up to which each cell has its number
LONGEST_NAME = 24  # characters
TITLE = 10.0  # points
LETTERS = 11  # of that size to an inch
RIGHT, WRONG, GREY = "#2166ac", "#d6604d", "#666666"
GAP: dict[str, Any] = {"linewidth": 0.8, "hatch": "///"}  # between how sure and how right


def confusion_figure(evaluation: Evaluation, confusion: Ints) -> Figure:
    """Draw the confusion matrix: the colour is the share of the true class, the number the pictures."""
    import numpy as np

    count = len(evaluation.classes)
    shares = confusion / np.maximum(1, confusion.sum(axis=1, keepdims=True))
    side = min(18.0, max(3.6, (0.42 if count <= COUNTED_CLASSES else 0.16) * count))
    cell = 72 * side / count  # in points, as fonts are
    font = float(np.clip(0.55 * cell, 5, 10))
    large = max(TITLE, side)
    figure, axes = _figure(side + 2.2, side + 1.6)
    axes.imshow(_two_hues(shares), interpolation="nearest")
    axes.set_xlabel("guess", fontsize=large)
    axes.set_ylabel("truth", fontsize=large)
    heading = f"{subject(evaluation)}\n{evaluation.top1:.1%} of {counted(evaluation.pictures, 'picture', ',')} right"
    axes.set_title(wrapped(heading, side, large), fontsize=large, parse_math=False)
    if count <= NAMED_CLASSES:
        names = [_short(name) for name in evaluation.classes]
        widest = 0.65 * font * max(map(len, names))
        axes.set_xticks(range(count), names, rotation=90 if widest > cell else 0, fontsize=font, parse_math=False)
        axes.set_yticks(range(count), names, fontsize=font, parse_math=False)
    if count <= COUNTED_CLASSES:
        for row, column in zip(*np.nonzero(confusion), strict=True):
            colour = "white" if shares[row, column] > 0.55 else "black"
            text = f"{confusion[row, column]:,}"
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
    for column, (title, reliability) in enumerate(panels.items()):
        _draw_reliability(grid[0][column], grid[1][column], reliability)
        heading = f"{title}\nECE {reliability.calibration_error:.3f}"
        grid[0][column].set_title(wrapped(heading, 4.0), fontsize=TITLE, parse_math=False)
    shown = grid[0][0].get_legend_handles_labels()
    figure.legend(*shown, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def _draw_reliability(above: Axes, below: Axes, reliability: Reliability) -> None:
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    bins = len(reliability.counts)
    left = np.arange(bins) / bins
    full = reliability.counts > 0

    def bars(low: Any, high: Any, label: str, **style: Any) -> None:
        heights = np.where(full & (high > low), high - low, np.nan)  # nan draws no bar but keeps the style's legend
        above.bar(left, heights, 1 / bins, low, align="edge", label=label, **style)

    above.plot([0, 1], [0, 1], color="black", linewidth=1, linestyle="--", label="as sure as right")
    bars(np.zeros(bins), reliability.accuracy, "accuracy", color=RIGHT, edgecolor="white")
    bars(
        reliability.accuracy, reliability.confidence, "surer than right", facecolor=(WRONG, 0.3), edgecolor=WRONG, **GAP
    )
    bars(
        reliability.confidence, reliability.accuracy, "less sure than right", facecolor=RIGHT, edgecolor="white", **GAP
    )
    above.set(xlim=(0, 1), ylim=(0, 1), ylabel="part of the guesses that are right")
    below.bar(left, reliability.counts, 1 / bins, align="edge", color=GREY, edgecolor="white")
    below.set(xlabel="probability of the guess", ylabel="pictures")
    below.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def comparison_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw the accuracy of each model and set of templates, with the interval that so many pictures leave."""
    import numpy as np

    from search.evaluation.classification import best_of

    ranked = best_of(evaluations)[::-1]
    rows, accuracy = range(len(ranked)), np.array([evaluation.top1 for evaluation in ranked])
    low, high = np.array([evaluation.interval for evaluation in ranked]).T
    beside = np.maximum(0, [accuracy - low, high - accuracy])
    figure, axes = _figure(7.5, 1.3 + 0.42 * len(ranked))
    axes.barh(rows, accuracy, 0.62, color=RIGHT, xerr=beside, error_kw={"capsize": 3, "elinewidth": 1})
    for row, value in zip(rows, accuracy, strict=True):
        axes.text(1.02, row, f"{value:.3f}", va="center", fontsize=9)  # beside the bar, which may be short
    names = [wrapped(subject(evaluation), 3.0) for evaluation in ranked]
    axes.set_yticks(rows, names, fontsize=9, parse_math=False)
    axes.set(xlim=(0, 1), xlabel="top-1 accuracy, with its 95% interval")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def subject(evaluation: Evaluation) -> str:
    """Name a model with its templates."""
    return harmless(f"{evaluation.model}, {evaluation.templates}")


def wrapped(text: str, width: float, size: float = TITLE) -> str:
    """Return a text broken into lines that fit into a width in inches at a size in points."""
    letters = int(width * LETTERS * TITLE / size)
    return "\n".join(part for line in harmless_lines(text).splitlines() for part in wrap(line, letters))


def _short(name: str) -> str:
    """Return a name that fits beside an axis."""
    shown = harmless(name)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()
