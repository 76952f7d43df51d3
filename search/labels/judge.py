"""Judge pictures: from their embeddings to the probability of each class, and to the labels that they get."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
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
    """A recipe's classes in the space of a library's model; once made, it needs the model no more."""

    def __init__(
        self,
        library: Library,
        recipe: Recipe,
        temperature: float = 1.0,
        tell: Callable[[str], None] = lambda _: None,
        progress: Progress = unwatched,
    ) -> None:
        """Embed what must be; `temperature` divides the logits, `tell` gets a line for each unreadable example.

        Raises InvalidRequest for a single class that nothing stands against, EncoderFailed if the model fails.
        """
        self.recipe = recipe
        self._model = library.model
        self._temperature = temperature
        self._texts, self._opposites = with_opposites(recipe.classes)
        self._negative = [column for column, class_ in enumerate(recipe.classes) if is_negative(class_)]
        self._positive = [column for column, class_ in enumerate(recipe.classes) if not is_negative(class_)]
        _check_count(recipe, library.model)
        self._vectors = class_vectors(library, self._texts, recipe.templates, progress)
        self._plain = self._vectors  # in the plain template alone; made by _find_rivals where it is needed
        self._examples = Examples.of_classes(library, self._texts, tell)
        self._rivals = self._find_rivals(library, progress)
        self._thresholds = np.array(recipe.thresholds, dtype=np.float32)

    def apart(self) -> Judge:
        """Return the same judge for pictures that may be its examples: it judges them as if they were none."""
        return self._with(self._examples.apart())

    def taught_by(self, more: Mapping[str, FloatArray]) -> Judge:
        """Return a judge that also has examples with embeddings (n, dim) of these classes, which embeds nothing."""
        columns = {class_.name: column for column, class_ in enumerate(self._texts)}
        added = {columns[name]: keys for name, keys in more.items() if name in columns}
        return self._with(self._examples.with_keys(added))

    def _with(self, examples: Examples) -> Judge:
        other = copy.copy(self)
        other._examples = examples
        return other

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of `probabilities` stand for."""
        return self.recipe.columns

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that `verdicts` may give: the classes, and last "other"."""
        return (*self.recipe.names, OTHER)

    @property
    def _is_against_rivals(self) -> bool:
        """Whether each class is judged by itself, against what else the picture may show."""
        return self.recipe.multi and self._model.logit_bias is None

    def probabilities(self, pictures: FloatArray) -> FloatArray:
        """Return the probabilities (n, columns) of pictures with unit embeddings (n, dim).

        softmax(scale x cosine / temperature) over the columns, for a sigmoid model sigmoid((scale x cosine + bias) /
        temperature) of each. With `multi` each class of a softmax model is judged by itself, by its lead over its
        rivals, and "not cup" has what "cup" leaves.
        """
        chances = probabilities(self.evidence(pictures), self._model.logit_scale, self.bias, self._temperature)
        return self._with_negative(chances, 1.0 - chances[:, self._opposites]) if self.recipe.multi else chances

    @property
    def bias(self) -> float | None:
        """What is added to the scaled evidence where each class is judged by itself; None for a choice of one."""
        return 0.0 if self._is_against_rivals else self._model.logit_bias

    @property
    def judged_alone(self) -> tuple[str, ...]:
        """What the columns of `evidence` stand for with `multi`: the classes that are judged, without "not ..."."""
        return tuple(class_.name for class_ in self._texts)

    def opposite_of(self, name: str) -> str | None:
        """Return the class "not ..." whose opposite a judged class is, None if there is none."""
        pairs = zip(self._negative, self._opposites, strict=True)
        names = (self.recipe.classes[row].name for row, column in pairs if self._texts[column].name == name)
        return next(names, None)

    def evidence(self, pictures: FloatArray) -> FloatArray:
        """Return the cosines or leads (n, columns) from which probabilities are made, with `multi` of each text."""
        if self._is_against_rivals and self._rivals is not None:
            texts, beyond = self._of_texts(pictures)
            return self._rivals.leads(pictures, texts - beyond)
        return self.cosines(pictures)

    def cosines(self, pictures: FloatArray) -> FloatArray:
        """Return the cosines (n, columns) of pictures, from which `probabilities` makes a choice of one column."""
        cosines, beyond = self._of_texts(pictures)
        if self._rivals is not None:
            cosines, rest = self._rivals.beside(pictures, cosines, beyond)
            cosines = self._with_negative(cosines, rest)
            cosines = np.column_stack([cosines, rest]) if self.recipe.has_other_column else cosines
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

    def decide(self, chances: FloatArray) -> Verdicts:
        """Return the labels that probabilities (n, columns) give."""
        return several_labels(chances, self._thresholds) if self.recipe.multi else one_label(chances, self._thresholds)

    def _with_negative(self, columns: FloatArray, rest: FloatArray) -> FloatArray:
        """Insert the columns of "not ...", `rest` (n, 1 or as many as there are), between those of the texts."""
        if not self._negative:
            return columns
        together = np.empty((len(columns), len(self.recipe.classes)), dtype=np.float32)
        together[:, self._positive] = columns[:, : len(self._positive)]
        together[:, self._negative] = rest
        return together

    def _find_rivals(self, library: Library, progress: Progress) -> Rivals | None:
        """Return what stands against the classes, if the recipe asks for anything."""
        needs_rest = bool(self._negative) and not self.recipe.multi
        if not (self.recipe.has_other_column or self._is_against_rivals or needs_rest):
            return None
        template = self.recipe.plain_template
        if self.recipe.templates != (template,):
            self._plain = class_vectors(library, self._texts, (template,))
        together = not self._is_against_rivals
        return Rivals.of_classes(library, self._texts, self._plain, template, together, progress)


def _check_count(recipe: Recipe, model: StoredModel) -> None:
    """Raise InvalidRequest for a single class, whose softmax is 1 whatever the picture shows."""
    if len(recipe.classes) < 2 and not recipe.other and not recipe.multi and model.logit_bias is None:
        raise InvalidRequest(
            f"One class alone gets every picture with probability 1; leave --no-other out, or name what else it may"
            f' be, such as --classes "{recipe.classes[0].name},something else"'
        )
