"""The order in which labels are read out, and how many probabilities."""

from __future__ import annotations

from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from tests.search.labels.colours import RED_BLUE


def test_the_least_certain_come_first(library: Library) -> None:
    done = label_library(library, RED_BLUE)
    assert next(iter(done.uncertain(1))).path.name == "lime.png"
    margins = [one.margin for one in done.uncertain(10)]
    assert len(margins) == 3 and margins == sorted(margins)


def test_only_the_best_classes_are_told(library: Library) -> None:
    recipe = make_recipe(["red", "blue", "lime"], other=False)
    found = list(label_library(library, recipe).pictures(top=2))
    assert [next(iter(one.probabilities)) for one in found] == ["blue", "red", "lime"]
    assert all(len(one.probabilities) == 2 for one in found)
