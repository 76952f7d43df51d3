"""What a recipe knows of its labels: their names, columns and thresholds, and how a label set brings it back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import find_label_set
from indexer.store.models import StoredModel
from search.labels.classes import NamedClass
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import recipe_again
from search.library.library import Library

MODEL = StoredModel(1, "colour", "f", 3, 20.0, None, True, 1)


def test_the_default_name_tells_the_classes_and_is_never_that_of_others() -> None:
    assert make_recipe(["cup", "car"]).default_name == "cup,car"
    assert make_recipe(["cup", "car"], multi=True).default_name == "cup,car (multi)"
    many = [f"class {number}" for number in range(100)]
    names = {make_recipe(many).default_name, make_recipe([*many[:-1], "another"]).default_name}
    assert len(names) == 2 and all(name.startswith("class 0,class 1") and len(name) < 90 for name in names)


def test_other_has_a_column_only_where_pictures_get_one_label() -> None:
    assert make_recipe(["cup", "car"], other=True).columns == ("cup", "car", "other")
    assert make_recipe(["cup", "car"], other=False).columns == ("cup", "car")
    assert make_recipe(["cup", "car"], multi=True).columns == ("cup", "car")


def test_a_class_has_its_own_threshold_or_that_of_all() -> None:
    assert make_recipe(["cup", "car"], threshold=0.3, thresholds={"car": 0.0}).thresholds == (0.3, 0.0)


def test_a_recipe_comes_back_from_its_label_set(library: Library) -> None:
    made = make_recipe(["red=crimson|maroon", "blue"], templates="my {}", other=True, thresholds={"blue": 0.25})
    label_library(library, made, name="mine")
    assert recipe_again(find_label_set(library.store, "mine")) == replace(made, notes=())


def test_a_recipe_comes_back_with_examples_that_are_in_the_library(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    known = photos / "b" / "lime.png"
    recipe = make_recipe(["red", NamedClass("mine", ("magenta",), (known,))], other=False)
    label_library(library, recipe, name="mine")
    again = recipe_again(find_label_set(library.store, "mine"))
    assert not again.classes[1].examples and len(again.classes[1].taught) == 1
    assert not label_library(library, again, name="mine").anew and not label_library(library, recipe, name="mine").anew
    elsewhere = Path(shutil.copy(known, tmp_path / "elsewhere.png"))
    taught = NamedClass("mine", ("magenta",), (elsewhere,))
    label_library(library, make_recipe(["red", taught], other=False), name="mine")
    with pytest.raises(InvalidRequest, match='a class from examples, "mine"'):
        recipe_again(find_label_set(library.store, "mine"))


def test_all_that_decides_the_labels_changes_the_hash(tmp_path: Path) -> None:
    example = tmp_path / "a.png"
    taught = make_recipe(["cup", NamedClass("car", ("car",), (example,))])
    recipes = [make_recipe("cup,car"), make_recipe("cup,car", threshold=0.1), make_recipe("cup,car", templates="{}")]
    hashes = {recipe.description(MODEL, 1.0).recipe for recipe in [*recipes, taught]}
    hashes |= {
        recipes[0].description(MODEL, 2.0).recipe,
        recipes[0].description(replace(MODEL, fingerprint="g"), 1.0).recipe,
    }
    example.write_bytes(b"it is there now")
    hashes.add(taught.description(MODEL, 1.0).recipe)
    assert len(hashes) == 7
