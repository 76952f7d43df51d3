"""What else a picture may show: the rivals of the classes, from background prompts.

CLIP does not understand "not" ("a photo of something that is not a cup" lies next to cups), and a softmax over the
classes alone knows no "none of these". So the rest is modelled by ordinary things: search/background.py. How near a
picture is to the best of them is what a class must beat. A prompt that says much the same as a class ("a vehicle" for
"car") is no proof of the contrary, so it is handicapped the more, the nearer it is to the class; one with the class's
word in it ("a police car") is left out. docs/labeling.md tells how the constants were found and what they are worth.

Deviations are those of a picture's cosines with all prompts, so that nothing depends on a model's range of cosines
(Auckenthaler, Carey and Lloyd-Thomas, "Score Normalization for Text-Independent Speaker Verification Systems", Digital
Signal Processing 10, 2000).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import FloatArray
from search.background import background_prompts
from search.class_vectors import NamedClass
from search.template_sets import fill

if TYPE_CHECKING:
    from search.library import Library

NEAR = 1.0  # deviations above the mean of all prompts' nearness to a class: where the handicap begins
HANDICAP = 1.5  # deviations for each deviation beyond that
LEAD = 0.6  # deviations that the best rival may be ahead of a class
FLOOR = 2.65  # deviations above the mean of all prompts that a class must reach in any case
CONTENDERS = 48  # prompts of a picture, the best, among which the best with its handicap is sought

# Small things, with which searching can do without: a class is often mistaken for its neighbours.
MORE = """
a teapot; a kettle; a jug; a tray; a fork; a pot with a lid; a lunch box; a napkin; a cupboard; a stove; a sink; a
bench; a hammock; a fireplace; a rug; a broom; a towel; soap; a toothbrush; a comb; a suitcase; a backpack; a purse;
a belt; a tie; a sock; a necklace; a ring; an envelope; a notebook; a ruler; a microphone; headphones; a printer; a
projector; a calculator; a light bulb; a torch; a nail; a tap; a pipe; a barrel; a crate; a stone wall; a lawn
mower; a wheelbarrow; a traffic light; a mailbox; a bus stop; an anchor; a paddle; a kite; a swing; a slide; a
puzzle; playing cards; dice; a chess board; a trophy; a medal; a crown; a sword; a shield; a trumpet; a flute; a
lemon; a banana; grapes; berries; a carrot; a potato; a tomato; mushrooms; corn; a pumpkin; a goat; a camel; a
giraffe; a hedgehog; a parrot; a penguin; a swan; a crocodile; an octopus; an ant; a beetle; a dragonfly
"""

_WORD = re.compile(r"[^\W\d_]+")
_ARTICLES = frozenset(("a", "an", "the"))


class Rivals:
    """The background of one labeling: `of` gives what a class must beat."""

    def __init__(self, background: FloatArray, handicaps: FloatArray) -> None:
        """Take the prompts' unit embeddings (prompts, dim) and their handicaps (classes, prompts), in deviations."""
        self._background = background
        self._handicaps = handicaps

    @classmethod
    def of_classes(
        cls, library: Library, classes: Sequence[NamedClass], vectors: FloatArray, template: str, together: bool
    ) -> Rivals:
        """Return the rivals of classes with unit embeddings (classes, dim): of all `together`, or of each for itself.

        The prompts are put into a template of the classes, since a template moves all embeddings.
        """
        prompts = rival_prompts()
        background = library.embed([fill(template, prompt) for prompt in prompts])
        handicaps = np.stack(
            [_handicaps(one, vector, background) for one, vector in zip(classes, vectors, strict=True)]
        )
        return cls(background, handicaps.max(axis=0, keepdims=True) if together else handicaps)

    def cosines(self, pictures: FloatArray) -> FloatArray:
        """Return for each picture (n, dim) and class the cosine (n, classes) that the class must beat.

        There is one class where they were taken together.
        """
        return _Contenders(pictures @ self._background.T, self._handicaps).cosines()

    def leads(self, pictures: FloatArray, cosines: FloatArray) -> FloatArray:
        """Return how far each class's cosine (n, classes) is ahead of its rivals, each class judged for itself.

        What a picture shows besides is no proof against a class: rivals near to a class that is ahead are handicapped
        for all others, too.
        """
        contenders = _Contenders(pictures @ self._background.T, self._handicaps)
        first = cosines - contenders.cosines()
        second = cosines - contenders.cosines(explained=first >= 0)
        return np.asarray(np.maximum(first, second), dtype=np.float32)


class _Contenders:
    """The best prompts of each picture, as rivals of the classes."""

    def __init__(self, scores: FloatArray, handicaps: FloatArray) -> None:
        """Take the cosines (n, prompts) of pictures with all prompts, and the handicaps (classes, prompts)."""
        self._handicaps = handicaps
        self._deviation = np.maximum(scores.std(axis=1), np.finfo(np.float32).eps)
        self._floor = scores.mean(axis=1) + FLOOR * self._deviation
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
            found[:, place] = np.maximum(best, self._floor)
        return found


def rival_prompts() -> tuple[str, ...]:
    """Return all prompts, some 440, always in the same order and without repeats."""
    more = (" ".join(prompt.split()) for prompt in MORE.split(";"))
    return tuple(dict.fromkeys((*background_prompts(), *more)))


def _handicaps(one: NamedClass, vector: FloatArray, background: FloatArray) -> FloatArray:
    """Return the prompts' handicaps (prompts,) as rivals of a class, infinite for those that name it."""
    nearness = background @ vector
    deviation = max(float(nearness.std()), float(np.finfo(np.float32).eps))
    beyond = (nearness - nearness.mean()) / deviation - NEAR
    handicaps = (HANDICAP * np.maximum(beyond, 0.0)).astype(np.float32)
    handicaps[_naming(one)] = np.inf
    return np.asarray(handicaps, dtype=np.float32)


def _naming(one: NamedClass) -> NDArray[np.bool_]:
    """Tell which prompts (prompts,) have all words of the class's name in them."""
    wanted = _words(one.name)
    return np.array([bool(wanted) and wanted <= _words(prompt) for prompt in rival_prompts()])


def _words(text: str) -> frozenset[str]:
    """Return a text's words but for articles, in small letters and the singular, roughly."""
    words = (word.lower() for word in _WORD.findall(text))
    return (
        frozenset(word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words) - _ARTICLES
    )
