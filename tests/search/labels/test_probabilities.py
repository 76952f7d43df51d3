"""Probabilities from cosines, and labels from those."""

from __future__ import annotations

import numpy as np
import pytest

from search.labels.probabilities import one_label, probabilities, several_labels


def test_probabilities_equal_the_formulas() -> None:
    cosines = np.array([[0.3, 0.1], [-0.2, 0.9]], np.float32)
    weights = np.exp(100.0 * cosines.astype(np.float64))
    assert np.allclose(probabilities(cosines, 100.0, None), weights / weights.sum(1, keepdims=True), atol=1e-6)
    assert np.allclose(probabilities(cosines, 10.0, -1.0), 1 / (1 + np.exp(-(10 * cosines - 1))), atol=1e-6)
    assert np.isfinite(probabilities(cosines * 1e4, 100.0, None)).all()


def test_the_temperature_divides_the_logits() -> None:
    cosines = np.array([[0.3, 0.1]], np.float32)
    assert probabilities(cosines, 100.0, None, 4.0) == pytest.approx(probabilities(cosines, 25.0, None))
    assert probabilities(cosines, 10.0, -2.0, 2.0) == pytest.approx(probabilities(cosines, 5.0, -1.0))


def test_one_label_is_the_best_or_other_below_its_threshold() -> None:
    chances = np.array([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.2, 0.1, 0.7]], np.float32)
    verdicts = one_label(chances, np.array([0.5, 0.6], np.float32))
    assert verdicts.labels.tolist() == [0, 2, 2]
    assert verdicts.probabilities == pytest.approx([0.7, 0.5, 0.7])
    assert verdicts.margins == pytest.approx([0.5, 0.1, 0.5])


def test_several_labels_are_all_that_reach_their_thresholds_the_best_first() -> None:
    chances = np.array([[0.6, 0.9], [0.1, 0.3], [0.5, 0.2]], np.float32)
    verdicts = several_labels(chances, np.array([0.5, 0.4], np.float32))
    pairs = list(zip(verdicts.rows.tolist(), verdicts.labels.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 0), (1, 2), (2, 0)]
    assert verdicts.probabilities == pytest.approx([0.9, 0.6, 0.7, 0.5])
    assert verdicts.margins == pytest.approx([0.1, 0.1, 0.0])
