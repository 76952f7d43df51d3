"""Things and colours in one space: the network's dimensions, and one for each basic colour.

A picture's part of colours is as long for every picture, and a text without colours has none: its cosines are those of
things alone, each times the same number, so that its ranking is what it would be without colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.said_colours import Said, said_colours

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

# Measured on captioned photos (docs/builtin-model.md).
SEEN = 0.3  # length of the colours in a picture's embedding, which is 1 long
THINGS = math.sqrt(1 - SEEN**2)  # of the rest
SAID = 0.9  # length of the colours in a text's embedding, against the rest
SAID_ALONE = 3.0  # the same, of a text that says nothing but colours
ENOUGH = 0.5  # share of its words, from which on a text's colours have that length


def without_colours(texts: Sequence[str]) -> list[str]:
    """Return what of texts the network embeds."""
    return [said_colours(text).rest for text in texts]


def with_colours(rows: FloatArray, texts: Sequence[str]) -> FloatArray:
    """Return unit rows (n, dim + 11) of texts, from those that the network gave for what they say besides colours."""
    import numpy as np

    parts = np.array([_part(said_colours(text)) for text in texts], dtype=np.float32).reshape(-1, len(COLOURS))
    lengths = np.sqrt(1 + np.square(parts).sum(axis=1, keepdims=True))
    joined: FloatArray = np.concatenate([rows, parts], axis=1) / lengths
    return joined


def _part(said: Said) -> list[float]:
    """Return a text's colours, with their length against the rest."""
    length = SAID_ALONE if said.share == 1 else SAID * min(1.0, said.share / ENOUGH)
    return [length * value for value in said.colours]
