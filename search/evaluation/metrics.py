"""Metrics of a classification: accuracy, precision and recall, the confusion matrix, and calibration.

Pure functions of arrays. Classes are numbered 0..classes-1; `truth` and `guess` have shape (n,), `probabilities` has
(n, classes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BINS = 15  # as in Guo et al. 2017
TINY = 1e-12  # the least probability that counts, so that no mistake makes the loss infinite


@dataclass(frozen=True, slots=True)
class PerClass:
    """How well each class is recognised, arrays of shape (classes,); NaN where there is nothing to divide by."""

    precision: Floats  # of the pictures taken for the class, the part that is of it
    recall: Floats  # of the pictures of the class, the part taken for it
    f1: Floats  # the harmonic mean of both; NaN for a class without pictures
    support: Ints  # pictures of the class


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence against accuracy in bins of equal width over 0..1, arrays of shape (bins,); NaN in empty bins."""

    counts: Ints
    confidence: Floats  # mean probability of the guess
    accuracy: Floats  # part of the guesses that are right

    @property
    def calibration_error(self) -> float:
        """The expected calibration error (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, eq. 3)."""
        full = self.counts > 0
        gaps = np.abs(self.accuracy[full] - self.confidence[full])
        return float((gaps * self.counts[full]).sum() / max(1, self.counts.sum()))


def top_k_accuracy(scores: NDArray[np.floating], truth: Ints, k: int) -> float:
    """Return the part of the rows of `scores` (n, classes) that have the true class among the k best.

    Of equal scores the first class is the better one.
    """
    if not len(truth):
        return float("nan")
    own = scores[np.arange(len(truth)), truth][:, np.newaxis]
    earlier = np.arange(scores.shape[1]) < truth[:, np.newaxis]
    better = (scores > own).sum(axis=1) + ((scores == own) & earlier).sum(axis=1)
    return float((better < k).mean())


def wilson_interval(part: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95% interval of a proportion that was `part` of `count` (Wilson, JASA 22, 1927)."""
    if not count:
        return 0.0, 1.0
    middle = part + z * z / (2 * count)
    reach = z * float(np.sqrt(part * (1 - part) / count + z * z / (4 * count * count)))
    whole = 1 + z * z / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def confusion_matrix(truth: Ints, guess: Ints, classes: int) -> Ints:
    """Return the counts (classes, classes): rows are the truth, columns the guess."""
    counts = np.bincount(truth * classes + guess, minlength=classes * classes)
    return np.asarray(counts.reshape(classes, classes), dtype=np.int64)


def per_class(confusion: Ints) -> PerClass:
    """Return precision, recall, F1 and support of each class from a confusion matrix."""
    right = np.diag(confusion).astype(np.float64)
    support, taken = confusion.sum(axis=1), confusion.sum(axis=0)
    f1 = _ratio(2 * right, support + taken)
    return PerClass(_ratio(right, taken), _ratio(right, support), np.where(support > 0, f1, np.nan), support)


def macro(values: Floats, support: Ints) -> float:
    """Return the mean over the classes that have pictures; NaN, as of a class never guessed, counts as 0."""
    known = np.nan_to_num(values[support > 0])
    return float(known.mean()) if len(known) else float("nan")


def reliability(confidence: NDArray[np.floating], right: Bools, bins: int = BINS) -> Reliability:
    """Return confidence and accuracy in bins (i/bins, (i+1)/bins], of guesses with `confidence` (n,), `right` (n,)."""
    sure = confidence.astype(np.float64)
    bin_of = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    return Reliability(
        np.asarray(counts, dtype=np.int64),
        _ratio(np.bincount(bin_of, weights=sure, minlength=bins), counts),
        _ratio(np.bincount(bin_of, weights=right.astype(np.float64), minlength=bins), counts),
    )


def negative_log_likelihood(probabilities: NDArray[np.floating], truth: Ints, exclusive: bool = True) -> float:
    """Return the mean negative log likelihood of the truth.

    Of `exclusive` probabilities, a softmax's, only the true class's counts; of a sigmoid's every class's, as a yes or
    a no (binary cross-entropy, summed over the classes).
    """
    if not len(truth):
        return float("nan")
    rows = np.arange(len(truth))
    own = np.log(np.maximum(probabilities[rows, truth].astype(np.float64), TINY))
    if exclusive:
        return float(-own.mean())
    no = np.log(np.maximum(1.0 - probabilities.astype(np.float64), TINY))
    return float(-(own + no.sum(axis=1) - no[rows, truth]).mean())


def binary_loss(probabilities: NDArray[np.floating], truth: Bools) -> float:
    """Return the mean over pictures of the binary cross-entropy, summed over classes; both of shape (n, classes)."""
    if not len(truth):
        return float("nan")
    right = np.where(truth, probabilities, 1.0 - probabilities).astype(np.float64)
    return float(-np.log(np.maximum(right, TINY)).sum(axis=1).mean())


def reliability_of_each(probabilities: NDArray[np.floating], truth: Bools) -> Reliability:
    """Return how sure and how right each yes or no is, of probabilities and truths (n, classes)."""
    sure = np.maximum(probabilities, 1.0 - probabilities).ravel()
    return reliability(sure, ((probabilities >= 0.5) == truth).ravel())


def per_label(truth: Bools, guess: Bools) -> PerClass:
    """Return precision, recall, F1 and support of each label, of truths and guesses (n, labels)."""
    both = (truth & guess).sum(axis=0).astype(np.float64)
    support, taken = truth.sum(axis=0), guess.sum(axis=0)
    f1 = _ratio(2 * both, support + taken)
    return PerClass(_ratio(both, taken), _ratio(both, support), np.where(support > 0, f1, np.nan), support)


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Floats:
    """Return part / whole, NaN where there is no whole."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
