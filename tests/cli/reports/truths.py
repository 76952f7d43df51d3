"""Truths with names that are hard to write, and cosines for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexer.store.models import StoredModel
from search.evaluation.truth import Truth

MODEL = StoredModel(1, "builtin", "f", 3, 14.5, None, True, 1)


def drawn(classes: int, pictures: int = 500) -> Truth:
    """Return a truth of so many classes, with names that are hard to write."""
    odd = ("$x_1$ and $y$", "猫", "🍎", "a very long name of a class, longer than fits", "\x1b[31mred")
    names = [odd[number % 5] + str(number) if number % 7 == 0 else f"class {number}" for number in range(classes)]
    labels = np.random.default_rng(0).integers(0, classes, pictures)
    return Truth(tuple(Path(f"{number}.jpg") for number in range(pictures)), tuple(names), labels)


def scored(truth: Truth) -> np.ndarray:
    """Return cosines in which the true class tends to be higher."""
    random = np.random.default_rng(1)
    cosines = random.normal(0, 0.1, (len(truth.paths), len(truth.classes))).astype(np.float32)
    cosines[np.arange(len(truth.paths)), truth.labels] += 0.2
    return cosines
