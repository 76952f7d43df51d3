"""Texts that are colours and nothing else, such as the class "red": where a model has dimensions for colours.

The rivals of a class are things (search/labels/rivals.py), and next to these every colour is faint: all pictures would
be "other". So a picture's colours decide, which mean the same in every picture.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.builtin_space.colour_terms import COLOURS, has_colours

ALONE = 0.8  # length of the colours in the embedding of a text from which on it says nothing else
SHOWN = 0.5  # cosine of a picture's colours with a text's at which it begins to be what that text says
LEAD = 0.4  # cosine by which a class is ahead of "other" for each 1 beyond that: 0.96 for what is red all over


def colour_classes(model: str, dim: int, vectors: FloatArray) -> FloatArray:
    """Return the colours (classes, 11) of classes with unit embeddings (classes, dim), 0 of those that are more."""
    if not has_colours(model, dim):
        return np.zeros((len(vectors), 0), dtype=np.float32)
    said = vectors[:, -len(COLOURS) :]
    alone = np.linalg.norm(said, axis=1, keepdims=True) >= ALONE
    return np.where(alone, unit_rows(said), np.float32(0))


def leads_of_colours(pictures: FloatArray, colours: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """Yield the column of each class that is a colour, and its lead (n,) over all else on pictures (n, dim)."""
    columns = np.flatnonzero(colours.any(axis=1)).tolist()
    if columns:
        cosines = unit_rows(pictures[:, -colours.shape[1] :]) @ colours.T
        for column in columns:
            yield column, LEAD * (cosines[:, column] - SHOWN)
