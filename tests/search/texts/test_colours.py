"""Tests of search.texts.colours: which classes are colours, and how far they are ahead of "other"."""

from __future__ import annotations

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.builtin_space.colour_terms import COLOURS, THINGS_DIM
from search.texts.colours import colour_classes, leads_of_colours

DIM = THINGS_DIM + len(COLOURS)
RED = COLOURS.index("red")


def row(things: float, **colours: float) -> FloatArray:
    found = np.zeros(DIM, dtype=np.float32)
    found[0] = things
    for colour, share in colours.items():
        found[THINGS_DIM + COLOURS.index(colour)] = share
    return found


CLASSES = unit_rows(np.stack([row(1, red=3), row(1, red=0.9), row(1)]))


def test_only_a_class_of_colours_alone_is_one() -> None:
    colours = colour_classes("builtin", DIM, CLASSES)
    assert colours[0, RED] == 1 and colours.sum() == 1


def test_models_without_colours_have_no_such_classes() -> None:
    for name, dim in (("builtin", THINGS_DIM), ("ViT-B-32", DIM)):
        colours = colour_classes(name, dim, CLASSES[:, :dim])
        assert colours.shape == (3, 0) and not list(leads_of_colours(CLASSES[:, :dim], colours))


def test_a_picture_that_shows_more_of_a_colour_is_further_ahead() -> None:
    pictures = np.stack([row(0.95, red=0.3), row(0.95, red=0.2, blue=0.2), row(0.95, blue=0.3)])
    ((column, lead),) = leads_of_colours(pictures, colour_classes("builtin", DIM, CLASSES))
    assert column == 0 and lead[0] > lead[1] > 0 > lead[2]
