"""Metrics against values computed by hand, by a plain loop, and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from search.evaluation.metrics import (
    binary_loss,
    confusion_matrix,
    macro,
    negative_log_likelihood,
    per_class,
    per_label,
    reliability,
    reliability_of_each,
    top_k_accuracy,
    wilson_interval,
)

TRUTH = np.array([0, 0, 0, 1, 1, 2])
GUESS = np.array([0, 0, 1, 1, 1, 0])


def drawn(pictures: int = 400, classes: int = 7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return scores (n, classes) in which the true class tends to be higher, and the truth."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, pictures)
    scores = random.normal(size=(pictures, classes))
    scores[np.arange(pictures), truth] += 1.0
    return scores, truth


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def test_confusion_has_the_truth_in_rows() -> None:
    assert confusion_matrix(TRUTH, GUESS, 4).tolist() == [[2, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_per_class_by_hand() -> None:
    found = per_class(confusion_matrix(TRUTH, GUESS, 4))
    assert found.support.tolist() == [3, 2, 1, 0]
    assert found.precision[:2] == pytest.approx([2 / 3, 2 / 3])
    assert found.recall[:3] == pytest.approx([2 / 3, 1.0, 0.0])
    assert found.f1[:3] == pytest.approx([2 / 3, 0.8, 0.0])
    assert np.isnan(found.precision[2]), "never guessed"
    assert np.isnan([found.recall[3], found.f1[3]]).all(), "no picture"
    assert macro(found.precision, found.support) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_a_class_without_pictures_that_was_guessed_has_precision_0() -> None:
    found = per_class(confusion_matrix(np.array([0, 0]), np.array([0, 1]), 2))
    assert found.precision.tolist() == [1.0, 0.0] and np.isnan(found.recall[1]) and np.isnan(found.f1[1])


def test_metrics_equal_scikit_learns() -> None:
    reference = pytest.importorskip("sklearn.metrics")
    scores, truth = drawn()
    guess = scores.argmax(axis=1)
    confusion = confusion_matrix(truth, guess, 7)
    assert (confusion == reference.confusion_matrix(truth, guess)).all()
    found = per_class(confusion)
    precision, recall, f1, support = reference.precision_recall_fscore_support(truth, guess)
    for ours, theirs in zip((found.precision, found.recall, found.f1), (precision, recall, f1), strict=True):
        assert ours == pytest.approx(theirs)
    assert found.support.tolist() == support.tolist()
    assert macro(found.f1, found.support) == pytest.approx(reference.f1_score(truth, guess, average="macro"))
    for k in (1, 2, 5):
        assert top_k_accuracy(scores, truth, k) == pytest.approx(reference.top_k_accuracy_score(truth, scores, k=k))
    assert negative_log_likelihood(softmax(scores), truth) == pytest.approx(reference.log_loss(truth, softmax(scores)))


def test_top_k_counts_equals_in_order_as_argmax_does() -> None:
    scores = np.array([[0.5, 0.5, 0.1], [0.5, 0.5, 0.1]])
    assert top_k_accuracy(scores, np.array([0, 1]), 1) == 0.5
    assert top_k_accuracy(scores, np.array([0, 1]), 2) == 1.0
    assert np.isnan(top_k_accuracy(scores[:0], np.array([], dtype=np.int64), 1))


def test_calibration_error_by_hand() -> None:
    sure = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    found = reliability(sure, right, bins=10)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 4]
    assert found.calibration_error == pytest.approx((4 * 0.20 + 2 * 0.05) / 6)
    assert np.isnan(found.accuracy[0]) and found.accuracy[9] == 0.75


def test_calibration_error_equals_a_plain_loop() -> None:
    scores, truth = drawn()
    chances = softmax(scores)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    expected = 0.0
    for number in range(15):
        inside = [i for i, one in enumerate(sure) if number / 15 < one <= (number + 1) / 15]
        if inside:
            gap = abs(sum(right[i] for i in inside) / len(inside) - sum(sure[i] for i in inside) / len(inside))
            expected += gap * len(inside) / len(sure)
    assert reliability(sure, right).calibration_error == pytest.approx(expected)


def test_bins_are_open_below_and_closed_above_and_take_the_ends() -> None:
    found = reliability(np.array([0.0, 0.5, 1.0]), np.array([True, True, True]), bins=2)
    assert found.counts.tolist() == [2, 1]


def test_a_sigmoids_loss_is_the_binary_cross_entropy() -> None:
    chances = np.array([[0.8, 0.3], [0.4, 0.9]])
    expected = -(np.log(0.8) + np.log(0.7) + np.log(0.6) + np.log(0.9)) / 2
    assert negative_log_likelihood(chances, np.array([0, 1]), exclusive=False) == pytest.approx(expected)


def test_one_certain_mistake_is_no_infinite_loss() -> None:
    assert negative_log_likelihood(np.array([[1.0, 0.0]]), np.array([1])) < 30


@pytest.mark.parametrize(
    ("part", "count", "low", "high"), [(0.5, 100, 0.4038, 0.5962), (1.0, 12, 0.7575, 1.0), (0.0, 0, 0.0, 1.0)]
)
def test_wilson_interval(part: float, count: int, low: float, high: float) -> None:
    assert wilson_interval(part, count) == pytest.approx((low, high), abs=1e-4)


def test_several_labels_are_measured_each_by_itself() -> None:
    truth = np.array([[True, False], [True, True], [False, False]])
    guess = np.array([[True, False], [False, True], [False, True]])
    measured = per_label(truth, guess)
    assert measured.precision.tolist() == [1.0, 0.5] and measured.recall.tolist() == [0.5, 1.0]
    assert measured.support.tolist() == [2, 1] and measured.f1.tolist() == pytest.approx([2 / 3, 2 / 3])
    chances = np.array([[0.9, 0.2], [0.4, 0.7], [0.1, 0.6]], dtype=np.float32)
    expected = -np.log([0.9 * 0.8, 0.4 * 0.7, 0.9 * 0.4]).mean()
    assert binary_loss(chances, truth) == pytest.approx(expected, rel=1e-5)
    assert np.isnan(binary_loss(chances[:0], truth[:0]))
    assert reliability_of_each(chances, truth).counts.sum() == 6
