"""Judging pictures: from their embeddings to the probability of each label, and to the labels they get."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest
from indexer.store.labels import OTHER
from search.labels.class_vectors import class_vectors
from search.labels.examples import Examples
from search.labels.negations import is_negative, with_opposites
from search.labels.probabilities import Verdicts, one_label, probabilities, several_labels
from search.labels.recipe import Recipe
from search.labels.rivals import Rivals
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from search.library.library import Library


class Judge:
    """Knows the classes of a recipe in a library's model; `probabilities` and `verdicts` need no model."""

    def __init__(
        self,
        library: Library,
        recipe: Recipe,
        temperature: float = 1.0,
        tell: Callable[[str], None] = lambda _: None,
        progress: Progress = unwatched,
    ) -> None:
        """Embed what must be; `temperature` divides the logits. `tell` is told of examples that can't be read.

        Raises InvalidRequest for a single class that nothing stands against, EncoderFailed if the model fails.
        """
        self.recipe = recipe
        self._model = library.model
        self._temperature = temperature
        self._texts, self._opposites = with_opposites(recipe.classes)
        self._negative = [place for place, one in enumerate(recipe.classes) if is_negative(one)]
        self._positive = [place for place, one in enumerate(recipe.classes) if not is_negative(one)]
        _check_count(recipe, library.model)
        self._vectors = class_vectors(library, self._texts, recipe.templates, progress)
        self._plain = self._vectors  # in the plain template alone; only what stands against the classes asks for it
        self._examples = Examples.of_classes(library, self._texts, tell)
        self._rivals = self._find_rivals(library, progress)
        own = [one.threshold if one.threshold is not None else recipe.threshold for one in recipe.classes]
        self._thresholds = np.array(own, dtype=np.float32)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of `probabilities` are for."""
        return (*(one.name for one in self.recipe.classes), *((OTHER,) if self._has_other else ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that `verdicts` tells: the classes, and last "other"."""
        return (*(one.name for one in self.recipe.classes), OTHER)

    @property
    def _has_other(self) -> bool:
        return self.recipe.other and not self.recipe.multi

    @property
    def _is_against_rivals(self) -> bool:
        """Whether each class is judged alone, against what else the picture may show."""
        return self.recipe.multi and self._model.logit_bias is None

    def probabilities(self, pictures: FloatArray) -> FloatArray:
        """Return the probabilities (n, columns) of pictures with unit embeddings (n, dim).

        softmax(scale x cosine / temperature) over the columns, for a sigmoid model sigmoid((scale x cosine + bias) /
        temperature) of each. With `multi` each class of a softmax model is judged alone, by its lead over its rivals,
        and "not cup" has what "cup" leaves.
        """
        scale, bias = self._model.logit_scale / self._temperature, self._model.logit_bias
        if self._is_against_rivals and self._rivals is not None:
            texts, beyond = self._of_texts(pictures)
            cosines, bias = self._rivals.leads(pictures, texts - beyond), 0.0
        else:
            cosines = self.cosines(pictures)
        found = probabilities(cosines, scale, None if bias is None else bias / self._temperature)
        return self._with_negative(found, 1.0 - found[:, self._opposites]) if self.recipe.multi else found

    def cosines(self, pictures: FloatArray) -> FloatArray:
        """Return the cosines (n, columns) of pictures, from which `probabilities` makes a choice of one column."""
        cosines, beyond = self._of_texts(pictures)
        if self._rivals is not None:
            cosines, rest = self._rivals.beside(pictures, cosines, beyond)
            cosines = self._with_negative(cosines, rest)
            cosines = np.column_stack([cosines, rest]) if self._has_other else cosines
        return cosines

    def _of_texts(self, pictures: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the cosines (n, texts), and by how much the best is beyond the best in the plain template (n, 1).

        A mean over templates is nearer to pictures than any text, and what stands against the classes is in the plain
        template alone: 80 templates would make 35,000 texts of it. So the two are compared as if in that template.
        """
        cosines: FloatArray = pictures @ self._vectors.T
        beyond = np.zeros((len(pictures), 1), dtype=np.float32)
        if self._plain is not self._vectors:
            beyond = (cosines.max(axis=1) - (pictures @ self._plain.T).max(axis=1))[:, np.newaxis]
        self._examples.add_to(cosines, pictures, self._model.logit_scale)
        return cosines, beyond

    def verdicts(self, pictures: FloatArray) -> Verdicts:
        """Return the labels of pictures with unit embeddings (n, dim); each gets at least one, if need be "other"."""
        return self.decide(self.probabilities(pictures))

    def decide(self, found: FloatArray) -> Verdicts:
        """Return the labels that probabilities (n, columns) give."""
        return several_labels(found, self._thresholds) if self.recipe.multi else one_label(found, self._thresholds)

    def _with_negative(self, columns: FloatArray, rest: FloatArray) -> FloatArray:
        """Put what stands for "not ..." (n, 1 or as many) in its places among the columns (n, texts)."""
        if not self._negative:
            return columns
        found = np.empty((len(columns), len(self.recipe.classes)), dtype=np.float32)
        found[:, self._positive] = columns[:, : len(self._positive)]
        found[:, self._negative] = rest
        return found

    def _find_rivals(self, library: Library, progress: Progress) -> Rivals | None:
        """Return what stands against the classes, if anything is to."""
        is_rest_asked = bool(self._negative) and not self.recipe.multi
        if not (self._has_other or self._is_against_rivals or is_rest_asked):
            return None
        if self.recipe.templates != (self.recipe.plain_template,):
            self._plain = class_vectors(library, self._texts, (self.recipe.plain_template,))
        together = not self._is_against_rivals
        return Rivals.of_classes(library, self._texts, self._plain, self.recipe.plain_template, together, progress)


def _check_count(recipe: Recipe, model: StoredModel) -> None:
    """Raise InvalidRequest for a single class, whose softmax is 1 whatever the picture shows."""
    if len(recipe.classes) < 2 and not recipe.other and not recipe.multi and model.logit_bias is None:
        raise InvalidRequest(
            f"One class alone gets every picture with probability 1; leave --no-other out, or name what else it may"
            f' be, such as --classes "{recipe.classes[0].name},something else"'
        )
