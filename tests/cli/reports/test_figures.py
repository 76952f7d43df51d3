"""Tests of cli.reports.figures: what the figures of clipsearch eval show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cli.reports.figures import comparison_figure, confusion_figure, reliability_figure, subject
from search.evaluation.classification import evaluation_of
from search.evaluation.metrics import Reliability
from search.evaluation.truth import Truth
from tests.cli.reports.truths import MODEL, drawn, scored


def test_the_confusion_plot_shows_rows_as_the_truth() -> None:
    truth = Truth((Path("a"), Path("b"), Path("c")), ("x", "y"), np.array([0, 0, 1]))
    one = evaluation_of(MODEL, "simple", truth, np.array([[0, 1], [1, 0], [0, 1]], dtype=np.float32), 1.0)
    axes = confusion_figure(one, one.confusion).axes[0]
    assert {(text.get_position(), text.get_text()) for text in axes.texts} == {
        ((0, 0), "1"),
        ((1, 0), "1"),
        ((1, 1), "1"),
    }
    colours = axes.images[0].get_array()
    assert colours is not None and colours[0, 1, 0] > colours[0, 1, 2], "a mistake is red"
    assert colours[0, 0, 2] > colours[0, 0, 0], "what is right is blue"


def test_the_best_bar_is_on_top() -> None:
    truth = drawn(3, 60)
    good = evaluation_of(MODEL, "good", truth, scored(truth), 1.0)
    bad = evaluation_of(MODEL, "bad", truth, -scored(truth), 1.0)
    axes = comparison_figure([bad, good]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["builtin, bad", "builtin, good"]


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("classes", [2, 40, 130])
def test_a_long_name_of_a_model_fits_into_the_plots(classes: int) -> None:
    model = replace(MODEL, name="hf-hub:laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k")
    truth = drawn(classes)
    one = evaluation_of(model, "openai80", truth, scored(truth), 1.0)
    for figure in (confusion_figure(one, one.confusion), reliability_figure({subject(one): one.reliability})):
        figure.draw_without_rendering()
        whole = figure.bbox
        title = figure.axes[0].title.get_window_extent()
        assert title.x0 >= whole.x0 and title.x1 <= whole.x1 and title.y1 <= whole.y1


def test_the_accuracy_beside_a_short_bar_can_be_read() -> None:
    truth = drawn(3, 60)
    awful = evaluation_of(MODEL, "simple", truth, -10 * np.eye(3, dtype=np.float32)[truth.labels], 1.0)
    figure = comparison_figure([awful, awful])
    figure.draw_without_rendering()
    (number, _), frame = figure.axes[0].texts, figure.axes[0].get_window_extent()
    assert (number.get_text(), number.get_color()) == ("0.000", "black")
    assert frame.x1 < number.get_window_extent().x0 and number.get_window_extent().x1 < figure.bbox.x1


def test_gaps_stand_upon_the_bars_where_guesses_are_surer_than_right_and_within_them_elsewhere() -> None:
    counts = np.array([0, 4, 6])
    confidence, accuracy = np.array([0.0, 0.5, 0.75]), np.array([0.0, 0.25, 1.0])
    above = reliability_figure({"x": Reliability(counts, confidence, accuracy)}).axes[0]
    drawn = {
        bars.get_label(): {
            (round(bar.get_x(), 2), bar.get_y(), bar.get_height()) for bar in bars if np.isfinite(bar.get_height())
        }
        for bars in above.containers
    }
    assert drawn == {
        "accuracy": {(0.33, 0.0, 0.25), (0.67, 0.0, 1.0)},
        "surer than right": {(0.33, 0.25, 0.25)},
        "less sure than right": {(0.67, 0.75, 0.25)},
    }
