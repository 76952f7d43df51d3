"""Rivals of the classes: what else a picture may show, from the texts of rival_prompts.py.

CLIP does not understand "not" ("a photo of something that is not a cup" lies next to cups), and a softmax over the
classes alone has no "none of these". So all else is modelled by ordinary things, and a class must beat the best of them
on a picture. A prompt that says much the same as a class ("a vehicle" for "car") is no evidence against it, so it gets
a handicap, larger the nearer it is to the class; one with the class's word in it ("a police car") is left out. For a
class that is a kind of thing ("animal") the prompts of that kind ("an owl") count as the class (kinds.py).
docs/labeling.md says how the constants were found and what they are worth.

Deviations are those of a picture's cosines with all prompts, so that nothing depends on a model's range of cosines
(Auckenthaler, Carey and Lloyd-Thomas, "Score Normalization for Text-Independent Speaker Verification Systems", Digital
Signal Processing 10, 2000).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from search.labels.class_vectors import class_vectors
from search.labels.classes import NamedClass
from search.labels.kinds import members_of, without_narrower
from search.labels.rival_prompts import prompts_with, rival_prompts
from search.progress import Progress, unwatched
from search.texts.colours import colour_classes, leads_of_colours

if TYPE_CHECKING:
    from search.library.library import Library

NEAR = 1.0  # deviations above the mean nearness of prompts to a class: the handicap begins here
HANDICAP = 1.5  # deviations for each deviation beyond that
LEAD = 0.6  # deviations by which the best rival may be ahead of a class
FLOOR = 2.65  # deviations above the mean of all prompts that a class must reach in any case
CONTENDERS = 48  # best prompts of a picture, among which the best after handicaps is sought


class Rivals:
    """What the classes of one recipe must beat."""

    def __init__(
        self, background: FloatArray, handicaps: FloatArray, members: NDArray[np.bool_], colours: FloatArray
    ) -> None:
        """Take the prompts' unit embeddings (prompts, dim), and how each prompt is related to each class.

        `handicaps` (classes, prompts) are in deviations, a single row where the classes are judged together; `members`
        (classes, prompts) says which prompts are of the kind that a class is. `colours` are as in colours.py.
        """
        self._background = background
        self._handicaps = handicaps
        self._members = members
        self._colours = colours

    @classmethod
    def of_classes(
        cls,
        library: Library,
        classes: Sequence[NamedClass],
        vectors: FloatArray,
        template: str,
        together: bool,
        progress: Progress = unwatched,
    ) -> Rivals:
        """Return the rivals of classes with unit embeddings (classes, dim): of all `together`, or of each by itself.

        The prompts are put into a template of the classes, since a template moves all embeddings, and embedded by the
        model itself, as the classes are.
        """
        prompts = [NamedClass(prompt, (prompt,)) for prompt in rival_prompts()]
        background = class_vectors(library, prompts, (template,), progress)
        every = np.stack([members_of(class_) for class_ in classes])
        members = without_narrower(every) if together else every
        handicaps = np.stack([_handicaps(vector, background) for vector in vectors])
        handicaps[every | np.stack([prompts_with(class_.name) for class_ in classes])] = np.inf
        colours = colour_classes(library.model.name, library.model.dim, vectors)
        return cls(background, handicaps.max(axis=0, keepdims=True) if together else handicaps, members, colours)

    def beside(
        self, pictures: FloatArray, cosines: FloatArray, beyond: FloatArray | float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Return the classes' cosines (n, classes) and that of "other" (n, 1), for pictures (n, dim).

        `beyond` (n, 1) is by how much the classes' cosines exceed those in the prompts' template. The cosine of a class
        that is a kind is raised, so that its lead over "other" is at least that of the kind's best member over all that
        is no class, and that of a colour by how much of it a picture shows.
        """
        scores = pictures @ self._background.T
        contenders = _Contenders(scores, self._handicaps)
        raised, rest = cosines.copy(), contenders.cosines() + beyond
        for column, lead in self._other_leads(pictures, scores, contenders.floor):
            raised[:, column] = np.maximum(raised[:, column], rest[:, 0] + lead)
        return raised, rest

    def leads(self, pictures: FloatArray, cosines: FloatArray) -> FloatArray:
        """Return the lead (n, classes) of each class's cosine over its rivals, each class judged by itself.

        What else a picture shows is no evidence against a class: rivals near to a class that leads are handicapped for
        all other classes, too.
        """
        scores = pictures @ self._background.T
        contenders = _Contenders(scores, self._handicaps)
        leads = cosines - contenders.cosines()
        leads = np.maximum(leads, cosines - contenders.cosines(explained=leads >= 0))
        for column, lead in self._other_leads(pictures, scores, contenders.floor):
            leads[:, column] = np.maximum(leads[:, column], lead)
        return np.asarray(leads, dtype=np.float32)

    def _other_leads(
        self, pictures: FloatArray, scores: FloatArray, floor: FloatArray
    ) -> Iterator[tuple[int, FloatArray]]:
        """Yield the column and the lead (n,) of each class that is judged by more than its own cosine."""
        yield from self._leads_of_kinds(scores, floor)
        yield from leads_of_colours(pictures, self._colours)

    def _leads_of_kinds(self, scores: FloatArray, floor: FloatArray) -> Iterator[tuple[int, FloatArray]]:
        """Yield the column of each class that is a kind, and the lead (n,) of its best member over all else."""
        for column, members in enumerate(self._members):
            if members.any():
                handicaps = self._handicaps[min(column, len(self._handicaps) - 1)]
                rivals = scores.max(axis=1, where=np.isfinite(handicaps), initial=-1.0)
                yield column, scores[:, members].max(axis=1) - np.maximum(rivals, floor)


class _Contenders:
    """The best prompts of each picture, as rivals of the classes."""

    def __init__(self, scores: FloatArray, handicaps: FloatArray) -> None:
        """Take the cosines (n, prompts) of pictures with all prompts, and the handicaps (classes, prompts)."""
        self._handicaps = handicaps
        self._deviation = np.maximum(scores.std(axis=1), np.finfo(np.float32).eps)
        self.floor = scores.mean(axis=1) + FLOOR * self._deviation
        kept = min(CONTENDERS, scores.shape[1])
        self._prompts = np.argpartition(scores, -kept, axis=1)[:, -kept:]
        self._scores = np.take_along_axis(scores, self._prompts, axis=1)

    def cosines(self, explained: NDArray[np.bool_] | None = None) -> FloatArray:
        """Return the cosine (n, classes) that each class must beat.

        `explained` (n, classes) are the classes that a picture shows; prompts near to them count less for all classes.
        """
        explaining = np.zeros_like(self._scores)
        if explained is not None:
            for column in np.flatnonzero(explained.any(axis=0)).tolist():
                rows = np.flatnonzero(explained[:, column])
                explaining[rows] = np.maximum(explaining[rows], self._handicaps[column][self._prompts[rows]])
        cosines = np.empty((len(self._scores), len(self._handicaps)), dtype=np.float32)
        for column, handicaps in enumerate(self._handicaps):
            lost = np.maximum(handicaps[self._prompts], explaining) * self._deviation[:, np.newaxis]
            best = (self._scores - lost).max(axis=1) - LEAD * self._deviation
            cosines[:, column] = np.maximum(best, self.floor)
        return cosines


def _handicaps(vector: FloatArray, background: FloatArray) -> FloatArray:
    """Return the handicaps (prompts,) of prompts as rivals of a class with a unit embedding (dim,)."""
    nearness = background @ vector
    deviation = max(float(nearness.std()), float(np.finfo(np.float32).eps))
    beyond = (nearness - nearness.mean()) / deviation - NEAR
    return np.asarray(HANDICAP * np.maximum(beyond, 0.0), dtype=np.float32)
