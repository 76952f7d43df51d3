"""Tests of indexer.builtin_space.recipe: what determines embeddings is in it."""

from __future__ import annotations

import pytest

from indexer.builtin_space import joined, recipe, seen_colours


@pytest.mark.parametrize(
    ("module", "name"),
    [(joined, "SEEN"), (joined, "SAID"), (seen_colours, "WIDTH"), (seen_colours, "CELL"), (recipe, "TEMPERATURE")],
)
def test_another_number_is_another_recipe(module: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe.recipe_hash()
    assert before == recipe.recipe_hash()
    monkeypatch.setattr(module, name, 99)
    assert recipe.recipe_hash() != before


def test_another_prototype_is_another_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe.recipe_hash()
    monkeypatch.setattr(seen_colours, "PROTOTYPES", {**seen_colours.PROTOTYPES, "red": ((1, 2, 3),)})
    assert recipe.recipe_hash() != before
