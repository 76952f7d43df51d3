"""How right a model is on pictures whose classes are known, with one set of templates or another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import PictureError
from indexer.files.content import digest_of
from indexer.indexing.listener import Listener
from search.evaluation.calibration import model_probabilities, temperature_of
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
from search.evaluation.retrieval import Retrieval, caption_ranks, picture_ranks
from search.evaluation.truth import Captions, Truth
from search.labels.blocks import rows_for
from search.labels.classes import NamedClass
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.texts.embeddings import embed_texts
from search.texts.template_sets import TEMPLATE_SETS

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from search.library.library import Library

TOP = 5


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one model did with one set of templates."""

    model: str
    templates: str  # the set's name
    classes: tuple[str, ...]
    pictures: int
    top1: float  # accuracy
    top5: float | None  # None where there are no more than 5 classes
    loss: float  # negative log likelihood
    temperature: float  # that the probabilities were made with
    confusion: Ints  # (classes, classes): rows are the truth, columns the guess
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
class Retrievals:
    """How well one model finds pictures by their captions, and captions by their pictures."""

    model: str
    pictures: Retrieval  # asked with captions
    captions: Retrieval  # asked with pictures


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a truth that could be read, as a model sees them."""

    truth: Truth
    vectors: FloatArray  # (n, dim)
    unread: int

    @property
    def contradictions(self) -> list[tuple[Path, Path]]:
        """The pairs of the same picture in two classes, of which at most one is right."""
        first: dict[bytes, int] = {}
        pairs = []
        for place, vector in enumerate(self.vectors):
            known = first.setdefault(digest_of([vector.tobytes()]), place)
            if self.truth.labels[known] != self.truth.labels[place]:
                pairs.append((self.truth.paths[known], self.truth.paths[place]))
        return pairs


def embed_truth(library: Library, truth: Truth, listener: Listener) -> Pictures:
    """Embed the pictures of a truth; those that can't be read are told to the listener.

    Raises PictureError if none can be read.
    """
    vectors, read = embed_pictures(library, truth.paths, listener)
    if not read.any():
        raise PictureError("None of the pictures can be read, so there is nothing to measure.")
    return Pictures(truth.only(read), vectors[read], int((~read).sum()))


def evaluate(
    library: Library, pictures: Pictures, classes: Sequence[NamedClass], template_sets: Iterable[str]
) -> list[Evaluation]:
    """Return what the library's model does with each set of templates, in the order given."""
    temperature = temperature_of(library.store, library.model)
    return [
        evaluation_of(library.model, name, pictures.truth, cosines(library, pictures, classes, name), temperature)
        for name in dict.fromkeys(template_sets)
    ]


def cosines(library: Library, pictures: Pictures, classes: Sequence[NamedClass], templates: str) -> FloatArray:
    """Return the cosines (n, classes) of pictures with the classes in a named set of templates, as labels have them.

    The class "other" is what fits none, and "not cup" no text. Raises InvalidRequest for senseless classes.
    """
    judge = Judge(library, make_recipe(classes, templates=TEMPLATE_SETS[templates], other=False))
    column = {name: place for place, name in enumerate(judge.columns)}
    rows = rows_for(len(judge.columns))
    blocks = (pictures.vectors[start : start + rows] for start in range(0, len(pictures.vectors), rows))
    found = np.concatenate([judge.cosines(block) for block in blocks])
    return np.asarray(found[:, [column.get(one.name, len(column) - 1) for one in classes]], dtype=np.float32)


def evaluation_of(
    model: StoredModel, templates: str, truth: Truth, found: FloatArray, temperature: float
) -> Evaluation:
    """Sum up what cosines `found` (n, classes) amount to."""
    chances = model_probabilities(found, model, temperature)
    guess = np.asarray(found.argmax(axis=1), dtype=np.int64)
    confidence = chances[np.arange(len(guess)), guess]
    confusion = confusion_matrix(truth.labels, guess, len(truth.classes))
    return Evaluation(
        model.name,
        templates,
        truth.classes,
        len(truth.paths),
        top_k_accuracy(found, truth.labels, 1),
        top_k_accuracy(found, truth.labels, TOP) if len(truth.classes) > TOP else None,
        negative_log_likelihood(chances, truth.labels, model.logit_bias is None),
        temperature,
        confusion,
        per_class(confusion),
        reliability(confidence, guess == truth.labels),
    )


def best_of(found: Sequence[Evaluation]) -> list[Evaluation]:
    """Return evaluations of the same pictures, best first: by accuracy, then by the classes' mean F1, then by loss."""
    return sorted(found, key=lambda one: (-one.top1, -one.macro_f1, one.loss))


def evaluate_retrieval(library: Library, captions: Captions, listener: Listener) -> tuple[Retrievals, Captions]:
    """Return how well the library's model pairs pictures and captions, and the captions whose pictures could be read.

    Captions are embedded as they are. Raises PictureError if no picture can be read.
    """
    vectors, read = embed_pictures(library, captions.paths, listener)
    if not read.any():
        raise PictureError("None of the pictures can be read, so there is nothing to measure.")
    kept, vectors = captions.only(read), vectors[read]
    texts = embed_texts(library.store, library.model, kept.texts, lambda: library.encoder, exact=True)
    found = Retrievals(
        library.model.name,
        Retrieval.of(caption_ranks(texts, vectors, kept.picture_of), len(vectors)),
        Retrieval.of(picture_ranks(texts, vectors, kept.picture_of), len(texts)),
    )
    return found, kept
