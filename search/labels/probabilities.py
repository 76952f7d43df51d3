"""From cosines to probabilities, as the model was trained to give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray


def probabilities(cosines: FloatArray, logit_scale: float, logit_bias: float | None) -> FloatArray:
    """Return the probability of each class, shape (n, classes), from cosines of that shape.

    Without a bias softmax(scale * cosine), so that a row sums to 1 (Radford et al., "Learning Transferable
    Visual Models From Natural Language Supervision", 2021, figure 3). With one sigmoid(scale * cosine + bias),
    each class for itself (Zhai et al., "Sigmoid Loss for Language Image Pre-Training", 2023).
    """
    logits = cosines.astype(np.float32) * np.float32(logit_scale)
    if logit_bias is not None:
        logits += np.float32(logit_bias)
        with np.errstate(over="ignore"):  # exp of a hopeless logit is infinite, and the probability 0
            return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return np.asarray(logits, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The labels of pictures, one row each, and how sure the pictures are."""

    pictures: NDArray[np.intp]  # (labels,) which picture of the block, ascending
    labels: NDArray[np.intp]  # (labels,) which of the judge's `names`
    probabilities: FloatArray  # (labels,)
    margins: FloatArray  # (pictures,) between the best two labels, or from the nearest threshold


def one_label(found: FloatArray, thresholds: FloatArray) -> Verdicts:
    """Return the best label of each picture, from probabilities (n, columns): of the classes, and of "other" if known.

    `thresholds` (classes,) are those of the classes. A margin is the distance from the second best.
    """
    rows = np.arange(len(found))
    best = found.argmax(axis=1)
    sure = found[rows, best]
    second = np.partition(found, -2, axis=1)[:, -2] if found.shape[1] > 1 else 1.0 - sure
    fails = sure < np.append(thresholds, np.float32(0.0))[best]
    labels = np.where(fails, len(thresholds), best)
    return Verdicts(rows, labels, np.where(fails, 1.0 - sure, sure).astype(np.float32), np.abs(sure - second))


def several_labels(found: FloatArray, thresholds: FloatArray) -> Verdicts:
    """Return all labels of each picture that reach their thresholds (classes,), from probabilities (n, classes).

    A margin is the distance from the nearest threshold.
    """
    applies = found >= thresholds
    none = np.flatnonzero(~applies.any(axis=1))
    rows, labels = np.nonzero(applies)
    given = np.concatenate([found[rows, labels], 1.0 - found[none].max(axis=1, initial=0.0)])
    labels = np.concatenate([labels, np.full(len(none), len(thresholds))])
    rows = np.concatenate([rows, none])
    order = np.lexsort((-given, rows))
    margins = np.abs(found - thresholds).min(axis=1)
    return Verdicts(rows[order], labels[order], given[order].astype(np.float32), margins)
