"""From cosines to probabilities, as the model was trained to give them, and from those to labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray


def probabilities(
    cosines: FloatArray, logit_scale: float, logit_bias: float | None, temperature: float = 1.0
) -> FloatArray:
    """Return the probability of each class, shape (n, classes), from cosines of that shape.

    Without a bias softmax(scale * cosine / temperature), so that a row sums to 1 (Radford et al., "Learning
    Transferable Visual Models From Natural Language Supervision", 2021, figure 3). With one sigmoid((scale * cosine +
    bias) / temperature), each class by itself (Zhai et al., "Sigmoid Loss for Language Image Pre-Training", 2023).
    """
    logits = cosines.astype(np.float32) * np.float32(logit_scale / temperature)
    if logit_bias is not None:
        logits += np.float32(logit_bias / temperature)
        with np.errstate(over="ignore"):  # exp of a very low logit is infinite, and the probability 0
            return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return np.asarray(logits, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The labels of a block of pictures, and how certain they are."""

    rows: NDArray[np.intp]  # (labels,) which picture of the block, ascending
    labels: NDArray[np.intp]  # (labels,) which of the judge's `names`
    probabilities: FloatArray  # (labels,)
    margins: FloatArray  # (pictures,) between the best two labels, or from the nearest threshold


def one_label(chances: FloatArray, thresholds: FloatArray) -> Verdicts:
    """Return the best label of each picture, from the probabilities (n, columns) of the classes and perhaps "other".

    It is "other" where the best class does not reach its threshold, of `thresholds` (classes,). A margin is the
    distance to the second best.
    """
    rows = np.arange(len(chances))
    best = chances.argmax(axis=1)
    highest = chances[rows, best]
    second = np.partition(chances, -2, axis=1)[:, -2] if chances.shape[1] > 1 else 1.0 - highest
    fails = highest < np.append(thresholds, np.float32(0.0))[best]
    labels = np.where(fails, len(thresholds), best)
    given = np.where(fails, 1.0 - highest, highest).astype(np.float32)
    return Verdicts(rows, labels, given, np.abs(highest - second))


def several_labels(chances: FloatArray, thresholds: FloatArray) -> Verdicts:
    """Return all labels of each picture whose probabilities (n, classes) reach their thresholds (classes,).

    A picture without any is "other". A margin is the distance to the nearest threshold.
    """
    applies = chances >= thresholds
    none = np.flatnonzero(~applies.any(axis=1))
    rows, labels = np.nonzero(applies)
    given = np.concatenate([chances[rows, labels], 1.0 - chances[none].max(axis=1, initial=0.0)])
    labels = np.concatenate([labels, np.full(len(none), len(thresholds))])
    rows = np.concatenate([rows, none])
    order = np.lexsort((-given, rows))
    margins = np.abs(chances - thresholds).min(axis=1)
    return Verdicts(rows[order], labels[order], given[order].astype(np.float32), margins)
