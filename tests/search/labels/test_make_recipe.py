"""Recipes from what people ask for, and what makes no sense."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from search.labels.class_files import read_classes
from search.labels.make_recipe import make_recipe
from search.labels.recipe import Recipe
from search.texts.class_templates import TEMPLATE_SETS


def test_a_set_of_templates_goes_by_its_name() -> None:
    assert make_recipe("cup,car", templates="photo7").templates == TEMPLATE_SETS["photo7"]
    assert make_recipe("cup,car", templates="my {}").templates == ("my {}",)
    several = make_recipe("cup,car", templates=["photo7", "my {}", "my {}"]).templates
    assert several == (*TEMPLATE_SETS["photo7"], "my {}")
    with pytest.raises(InvalidRequest, match="no template"):
        make_recipe("cup,car", templates=[])


def test_other_is_the_default_for_few_classes_without_a_negative_one() -> None:
    assert make_recipe(["cup"]).other and make_recipe([f"c{number}" for number in range(20)]).other
    assert not make_recipe([f"c{number}" for number in range(21)]).other
    assert not make_recipe(["cup", "not cup"]).other
    asked = make_recipe([f"c{number}" for number in range(21)] + ["other"], other=None)
    assert asked.other and len(asked.classes) == 21
    assert make_recipe(["cup"], multi=True).threshold == 0.5 and make_recipe(["cup"]).threshold == 0.0


def test_a_text_is_a_list_with_commas_or_one_template() -> None:
    made = make_recipe('cup,"salt, coarse"', templates="a {}")
    assert ([one.name for one in made.classes], made.templates) == (["cup", "salt, coarse"], ("a {}",))


SENSELESS: list[tuple[Callable[[], Recipe], str]] = [
    (lambda: make_recipe([]), "no classes"),
    (lambda: make_recipe(["cup", " "]), "empty"),
    (lambda: make_recipe(["other"]), 'no class besides "other"'),
    (lambda: make_recipe(["cup", "other=a table"]), "another name"),
    (lambda: make_recipe(["cup"], templates=["a photo"]), "{}"),
    (lambda: make_recipe(["not cup"]), '"not cup" needs the class "cup" beside it'),
    (lambda: make_recipe(["mug", "not a cup"]), '"not a cup" needs the class "cup"'),
    (lambda: make_recipe(["cup", "car", "not cup", "not car"]), '"not cup" and "not car" are both .* --multi'),
    (lambda: make_recipe(["cup", "not cup", "other"]), '"not cup" and "other" are both'),
    (lambda: make_recipe(["cup", "not cup"], other=True), '"not cup" and "other" are both'),
    (lambda: make_recipe(["cup"], threshold=1.5), "from 0 to 1, not 1.5"),
    (lambda: make_recipe(["cup"], threshold=float("nan")), "from 0 to 1"),
]


@pytest.mark.parametrize(("make", "reason"), SENSELESS)
def test_senseless_recipes(make: Callable[[], Recipe], reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason):
        make()


def test_ten_thousand_classes_are_checked_at_once(tmp_path: Path) -> None:
    names = [f"thing {number}" for number in range(10_000)]
    assert len(make_recipe(read_classes(json.dumps(names).encode(), "c.json")).classes) == 10_000


def test_a_template_without_end_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 1,000 characters"):
        make_recipe("cup", templates="a photo of a {}" + "!" * 2000)
