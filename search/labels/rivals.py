"""What else a picture may show: the rivals of the classes, from background prompts.

CLIP does not understand "not" ("a photo of something that is not a cup" lies next to cups), and a softmax over the
classes alone knows no "none of these". So the rest is modelled by ordinary things: search/texts/background.py. How near
a picture is to the best of them is what a class must beat. A prompt that says much the same as a class ("a vehicle" for
"car") is no proof of the contrary, so it is handicapped the more, the nearer it is to the class; one with the class's
word in it ("a police car") is left out. And of a class that is a kind of thing ("animal") the prompts of that kind ("an
owl") speak for it (kinds.py). docs/labeling.md tells how the constants were found and what they are worth.

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

if TYPE_CHECKING:
    from search.library.library import Library

NEAR = 1.0  # deviations above the mean of all prompts' nearness to a class: where the handicap begins
HANDICAP = 1.5  # deviations for each deviation beyond that
LEAD = 0.6  # deviations that the best rival may be ahead of a class
FLOOR = 2.65  # deviations above the mean of all prompts that a class must reach in any case
CONTENDERS = 48  # prompts of a picture, the best, among which the best with its handicap is sought


class Rivals:
    """The background of one labeling: what the classes must beat."""

    def __init__(self, background: FloatArray, handicaps: FloatArray, members: NDArray[np.bool_]) -> None:
        """Take the prompts' unit embeddings (prompts, dim), and how each prompt stands to each class.

        `handicaps` (classes, prompts) are in deviations, one row where the classes are judged together; `members`
        (classes, prompts) tells which prompts are of the kind that a class is.
        """
        self._background = background
        self._handicaps = handicaps
        self._members = members

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
        """Return the rivals of classes with unit embeddings (classes, dim): of all `together`, or of each for itself.

        The prompts are put into a template of the classes, since a template moves all embeddings, and are embedded by
        the model itself, as the classes are.
        """
        prompts = [NamedClass(prompt, (prompt,)) for prompt in rival_prompts()]
        background = class_vectors(library, prompts, (template,), progress)
        every = np.stack([members_of(one) for one in classes])
        members = without_narrower(every) if together else every
        handicaps = np.stack([_handicaps(vector, background) for vector in vectors])
        handicaps[every | np.stack([prompts_with(one.name) for one in classes])] = np.inf
        return cls(background, handicaps.max(axis=0, keepdims=True) if together else handicaps, members)

    def beside(
        self, pictures: FloatArray, cosines: FloatArray, beyond: FloatArray | float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Return the classes' cosines (n, classes) and beside them that of "other" (n, 1), for pictures (n, dim).

        `beyond` (n, 1) is by how much the classes' are higher than they would be in the prompts' template.
        The cosine of a class that is a kind is raised: it is ahead of "other" by at least what the kind's best member
        is ahead of all that is no class.
        """
        scores = pictures @ self._background.T
        contenders = _Contenders(scores, self._handicaps)
        raised, rest = cosines.copy(), contenders.cosines() + beyond
        for place, ahead in self._kinds_ahead(scores, contenders.floor):
            raised[:, place] = np.maximum(raised[:, place], rest[:, 0] + ahead)
        return raised, rest

    def leads(self, pictures: FloatArray, cosines: FloatArray) -> FloatArray:
        """Return how far each class's cosine (n, classes) is ahead of its rivals, each class judged for itself.

        What a picture shows besides is no proof against a class: rivals near to a class that is ahead are handicapped
        for all others, too.
        """
        scores = pictures @ self._background.T
        contenders = _Contenders(scores, self._handicaps)
        found = cosines - contenders.cosines()
        found = np.maximum(found, cosines - contenders.cosines(explained=found >= 0))
        for place, ahead in self._kinds_ahead(scores, contenders.floor):
            found[:, place] = np.maximum(found[:, place], ahead)
        return np.asarray(found, dtype=np.float32)

    def _kinds_ahead(self, scores: FloatArray, floor: FloatArray) -> Iterator[tuple[int, FloatArray]]:
        """Yield the place of each class that is a kind, and how far its best member is ahead of all else (n,)."""
        for place, members in enumerate(self._members):
            if members.any():
                handicaps = self._handicaps[min(place, len(self._handicaps) - 1)]
                rivals = scores.max(axis=1, where=np.isfinite(handicaps), initial=-1.0)
                yield place, scores[:, members].max(axis=1) - np.maximum(rivals, floor)


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
        """Return what each class must beat (n, classes); `explained` (n, classes): what a picture shows in any case."""
        shown = np.zeros_like(self._scores)
        if explained is not None:
            for place in np.flatnonzero(explained.any(axis=0)).tolist():
                rows = np.flatnonzero(explained[:, place])
                shown[rows] = np.maximum(shown[rows], self._handicaps[place][self._prompts[rows]])
        found = np.empty((len(self._scores), len(self._handicaps)), dtype=np.float32)
        for place, handicaps in enumerate(self._handicaps):
            lost = np.maximum(handicaps[self._prompts], shown) * self._deviation[:, np.newaxis]
            best = (self._scores - lost).max(axis=1) - LEAD * self._deviation
            found[:, place] = np.maximum(best, self.floor)
        return found


def _handicaps(vector: FloatArray, background: FloatArray) -> FloatArray:
    """Return the handicaps (prompts,) of prompts as rivals of a class with a unit embedding (dim,)."""
    nearness = background @ vector
    deviation = max(float(nearness.std()), float(np.finfo(np.float32).eps))
    beyond = (nearness - nearness.mean()) / deviation - NEAR
    return np.asarray(HANDICAP * np.maximum(beyond, 0.0), dtype=np.float32)
