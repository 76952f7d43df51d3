"""How right the model is on the pictures that a person judged, with the interval that so few leave.

They are hardly a fair sample: who goes through the uncertain ones first judges the hardest. So it is also said how much
harder they are than all, and, where there are enough of each kind, how right the model is on all pictures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import member_of
from search.corrections.said import Said, said_in
from search.evaluation.metrics import per_label, reliability, reliability_of_each, wilson_interval

if TYPE_CHECKING:
    from indexer.arrays import FloatArray, Ids
    from search.corrections.judged_set import Judged, JudgedSet
    from search.evaluation.metrics import Reliability
    from search.library.library import Library

LAYERS = 5  # of equally many pictures, from the least certain to the most certain
FEWEST_IN_LAYER = 5  # pictures that a person judged, for an estimate of all pictures
DIGITS = 6
NOTE = "Measured on the pictures that were judged by a person; if these were the uncertain ones, the whole does better."


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    """How right the model is about one label."""

    label: str
    said: int  # pictures that have it
    given: int  # pictures that the model gave it
    right: int  # both


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right the model is on what a person judged."""

    said: int  # pictures that a person judged and the model can judge
    right: int  # of these the model has exactly the same labels
    temperature: float
    calibration_error: float | None
    labels: tuple[LabelAccuracy, ...]
    doubtful: float | None = None  # the part of them in the less certain half of all pictures; 0.5 is a fair sample
    whole: float | None = None  # the accuracy on all pictures, estimated from layers of equal certainty

    @property
    def accuracy(self) -> float | None:
        """The part that is right."""
        return self.right / self.said if self.said else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the accuracy (Wilson)."""
        return wilson_interval(self.right / self.said, self.said) if self.said else None

    def record(self) -> dict[str, Any]:
        """Return it as its JSON object."""
        low, high = self.interval or (None, None)
        return {
            "said": self.said,
            "right": self.right,
            "accuracy": _rounded(self.accuracy),
            "low": _rounded(low),
            "high": _rounded(high),
            "temperature": self.temperature,
            "calibration_error": _rounded(self.calibration_error),
            "doubtful": _rounded(self.doubtful),
            "whole": _rounded(self.whole),
            "note": NOTE,
            "labels": [
                {
                    "label": label.label,
                    "said": label.said,
                    "given": label.given,
                    "right": label.right,
                    "precision": _rounded(label.right / label.given if label.given else None),
                    "recall": _rounded(label.right / label.said if label.said else None),
                }
                for label in self.labels
            ],
        }


def accuracy_of(judged_set: JudgedSet, library: Library, margins: bool = False) -> Accuracy:
    """Return how right the model is; with `margins` all pictures are judged if need be, to say how hard these are."""
    said = said_in(library.store, judged_set.label_set.id, judged_set.names)
    judged = judged_set.of(library, said.images)
    said = said.only(member_of(said.images, judged.images))
    right = (said.truth == judged.given).all(axis=1)
    doubtful, whole = None, None
    if len(right) and (margins or judged_set.has_margins):
        doubtful, whole = _compared(*judged_set.ranks(library), said.images, right)
    return Accuracy(
        len(right),
        int(right.sum()),
        judged_set.label_set.temperature,
        _reliability(judged_set, judged, said, right).calibration_error if len(right) else None,
        tuple(_of_labels(judged_set.names, said, judged)),
        doubtful,
        whole,
    )


def _reliability(judged_set: JudgedSet, judged: Judged, said: Said, right: NDArray[np.bool_]) -> Reliability:
    """Return how sure and how right the model is."""
    if judged_set.judge.recipe.multi:
        return reliability_of_each(judged.chances, said.truth[:, : judged.chances.shape[1]])
    return reliability(judged.sure, right)


def _of_labels(names: tuple[str, ...], said: Said, judged: Judged) -> list[LabelAccuracy]:
    """Return what is measured of each label that was said or given."""
    measured = per_label(said.truth, judged.given)
    both = (said.truth & judged.given).sum(axis=0)
    rows = zip(names, measured.support.tolist(), judged.given.sum(axis=0).tolist(), both.tolist(), strict=True)
    return [LabelAccuracy(*row) for row in rows if row[1] or row[2]]


def _compared(images: Ids, ranks: FloatArray, said: Ids, right: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """Return the part of the judged pictures in the less certain half, and the estimated accuracy of all pictures."""
    known = member_of(said, images)
    if not known.any():
        return None, None
    own, right = ranks[np.searchsorted(images, said[known])], right[known]
    layers = np.minimum((own * LAYERS).astype(np.int64), LAYERS - 1)
    counts = np.bincount(layers, minlength=LAYERS)
    if counts.min() < FEWEST_IN_LAYER:
        return float((own < 0.5).mean()), None
    return float((own < 0.5).mean()), float((np.bincount(layers, weights=right, minlength=LAYERS) / counts).mean())


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, DIGITS)
