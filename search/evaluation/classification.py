"""Measure how well a model classifies pictures whose classes are known, with one set of templates or another.

Captions are measured in retrieval.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray
from indexer.files.content import digest_of
from indexer.indexing.listener import Listener
from indexer.store.models import temperature_of
from search.evaluation.metrics import (
    Ints,
    PerClass,
    Reliability,
    confusion_matrix,
    macro,
    negative_log_likelihood,
    per_class,
    reliability,
    top_k_accuracy,
    wilson_interval,
)
from search.evaluation.pictures import embed_pictures
from search.evaluation.truth import Truth
from search.labels.blocks import rows_for
from search.labels.classes import NamedClass
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.labels.probabilities import probabilities
from search.texts.class_templates import TEMPLATE_SETS

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from search.library.library import Library

TOP = 5


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well one model classifies with one set of templates."""

    model: str
    templates: str  # the set's name
    classes: tuple[str, ...]
    pictures: int
    top1: float  # accuracy; of several labels, the part of the pictures of which all are right
    top5: float | None  # None where there are no more than 5 classes
    loss: float  # negative log likelihood
    temperature: float  # of the probabilities
    confusion: Ints | None  # (classes, classes): rows are the truth, columns the guess; None of several labels
    per_class: PerClass
    reliability: Reliability

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 15 bins."""
        return self.reliability.calibration_error

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of top-1 accuracy that so many pictures leave."""
        return wilson_interval(self.top1, self.pictures)

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that have pictures."""
        return macro(self.per_class.f1, self.per_class.support)


@dataclass(frozen=True, slots=True)
class TruthPictures:
    """The pictures of a truth that could be read, as a model embeds them."""

    truth: Truth
    vectors: FloatArray  # (n, dim)
    unread: int

    @property
    def contradictions(self) -> list[tuple[Path, Path]]:
        """The pairs of the same picture in two classes, of which at most one is right."""
        first: dict[bytes, int] = {}
        pairs = []
        for row, vector in enumerate(self.vectors):
            earlier = first.setdefault(digest_of([vector.tobytes()]), row)
            if self.truth.labels[earlier] != self.truth.labels[row]:
                pairs.append((self.truth.paths[earlier], self.truth.paths[row]))
        return pairs


def embed_truth(library: Library, truth: Truth, listener: Listener) -> TruthPictures:
    """Embed the pictures of a truth; raises as `embed_pictures` does."""
    vectors, read = embed_pictures(library, truth.paths, listener)
    return TruthPictures(truth.only(read), vectors[read], int((~read).sum()))


def evaluate(
    library: Library, pictures: TruthPictures, classes: Sequence[NamedClass], template_sets: Iterable[str]
) -> list[Evaluation]:
    """Return how well the library's model does with each set of templates, in the order given."""
    temperature = temperature_of(library.store, library.model)
    return [
        evaluation_of(library.model, name, pictures.truth, cosines(library, pictures, classes, name), temperature)
        for name in dict.fromkeys(template_sets)
    ]


def cosines(library: Library, pictures: TruthPictures, classes: Sequence[NamedClass], templates: str) -> FloatArray:
    """Return the cosines (n, classes) of pictures with the classes in a named set of templates, as labels have them.

    A class "other" is what fits no class, and "not cup" is not embedded as a text. Raises InvalidRequest for classes
    that make no sense.
    """
    judge = Judge(library, make_recipe(classes, templates=TEMPLATE_SETS[templates], other=False))
    columns = {name: column for column, name in enumerate(judge.columns)}
    rows = rows_for(len(columns))
    blocks = (pictures.vectors[start : start + rows] for start in range(0, len(pictures.vectors), rows))
    together = np.concatenate([judge.cosines(block) for block in blocks])
    order = [columns.get(class_.name, len(columns) - 1) for class_ in classes]
    return np.asarray(together[:, order], dtype=np.float32)


def evaluation_of(
    model: StoredModel, templates: str, truth: Truth, cosines: FloatArray, temperature: float
) -> Evaluation:
    """Return the metrics of cosines (n, classes)."""
    chances = probabilities(cosines, model.logit_scale, model.logit_bias, temperature)
    guess = np.asarray(cosines.argmax(axis=1), dtype=np.int64)
    confidence = chances[np.arange(len(guess)), guess]
    confusion = confusion_matrix(truth.labels, guess, len(truth.classes))
    return Evaluation(
        model.name,
        templates,
        truth.classes,
        len(truth.paths),
        top_k_accuracy(cosines, truth.labels, 1),
        top_k_accuracy(cosines, truth.labels, TOP) if len(truth.classes) > TOP else None,
        negative_log_likelihood(chances, truth.labels, model.logit_bias is None),
        temperature,
        confusion,
        per_class(confusion),
        reliability(confidence, guess == truth.labels),
    )


def best_of(evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """Return evaluations of the same pictures, best first: by accuracy, then by the classes' mean F1, then by loss."""
    return sorted(evaluations, key=lambda evaluation: (-evaluation.top1, -evaluation.macro_f1, evaluation.loss))
