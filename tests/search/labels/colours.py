"""Labels of the pictures that the colour model knows."""

from __future__ import annotations

from search.labels.make_recipe import make_recipe
from search.labels.reading import LabelRun

RED_BLUE = make_recipe(["red", "blue"], other=False)


def best(done: LabelRun) -> dict[str, str]:
    return {one.path.name: one.best for one in done.pictures()}
