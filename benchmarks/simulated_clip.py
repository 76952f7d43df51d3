"""A simulated geometry like CLIP's: a gap between the modalities, narrow cosines, concepts in categories.

Pictures and texts share one direction and have one of their own each (the gap), a text is a noisy concept, and a
picture is mostly noise. Cosines: unrelated 0.15 +- 0.04, right 0.32 +- 0.04, about what CLIP's models give.
Another seed than the one that was looked at when the rule was made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.quality_queries import Question
from indexer.arrays import FloatArray, unit_rows

DIM, CATEGORIES, CONCEPTS, SHOWN = 512, 15, 600, 400  # the other concepts are in no picture
PROMPTS = 350
NEGATIVES = 40


class Geometry:
    """Makes embeddings of concepts."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self._gaps = np.linalg.qr(self.random.normal(size=(DIM, 3)))[0].T
        self._categories, self._concepts = self._noise(CATEGORIES), self._noise(CONCEPTS)

    def texts(self, concepts: Sequence[int]) -> FloatArray:
        """Return texts that name the concepts; some texts are nearer to all pictures than others."""
        content = self._content(concepts, 0.6, 0.4, 0.69)
        shared = 0.39 + 0.04 * self.random.normal(size=(len(concepts), 1))
        return unit_rows(shared * self._gaps[0] + 0.4 * self._gaps[1] + 0.83 * content)

    def pictures(self, concepts: Sequence[int]) -> FloatArray:
        """Return pictures that show the concepts, each with much else."""
        return unit_rows(0.39 * self._gaps[0] + 0.5 * self._gaps[2] + 0.77 * self._content(concepts, 0.3, 0.2, 0.93))

    def _content(self, concepts: Sequence[int], concept: float, category: float, noise: float) -> FloatArray:
        chosen = np.asarray(concepts)
        named = concept * self._concepts[chosen] + category * self._categories[chosen % CATEGORIES]
        return unit_rows(named + noise * self._noise(len(chosen)))

    def _noise(self, rows: int) -> FloatArray:
        return unit_rows(self.random.normal(size=(rows, DIM)))


def simulated(
    most: int = sys.maxsize, seed: int = 2026
) -> Iterator[tuple[str, FloatArray, list[tuple[FloatArray, Question]], FloatArray]]:
    """Yield (name, pictures, (query, its answers), background prompts) of libraries of at most so many pictures."""
    geometry = Geometry(seed)
    random = geometry.random
    background = geometry.texts(random.permutation(CONCEPTS)[:PROMPTS])
    one_category = np.arange(3, SHOWN, CATEGORIES)
    libraries = {
        "3 pictures": np.array([5, 6, 7]),
        "34 pictures": random.choice(SHOWN, 34),
        "2,000 pictures": random.choice(SHOWN, 2000),
        "20,000 pictures": random.choice(SHOWN, 20000),
        "one category": random.choice(one_category, 2000),
        "5,000 of one thing": np.concatenate([np.full(5000, 7), random.choice(SHOWN, 50)]),
    }
    for name, shown in filter(lambda library: len(library[1]) <= most, libraries.items()):
        there = np.unique(shown) if name != "5,000 of one thing" else np.array([7] * 5)
        asked = [
            *random.choice(there, min(40, len(there)), replace=False),
            *random.integers(SHOWN, CONCEPTS, NEGATIVES),
        ]
        answers = [Question("", frozenset(np.flatnonzero(shown == concept).tolist())) for concept in asked]
        yield name, geometry.pictures(shown), list(zip(geometry.texts(asked), answers, strict=True)), background
