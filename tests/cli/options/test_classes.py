"""Tests of cli.options.classes: the classes as they are written; tests/cli/commands/test_label.py runs them."""

from __future__ import annotations

import io

import click
import pytest

from cli.options.classes import ClassOptions, class_options
from search.labels.presets import PRESETS
from search.texts.class_templates import TEMPLATE_SETS


@click.command()
@class_options
def ask(classes: ClassOptions) -> None:
    """Do nothing."""


def test_presets_and_template_sets_offered_are_those_there_are() -> None:
    choices = {
        option.name: tuple(option.type.choices) for option in ask.params if isinstance(option.type, click.Choice)
    }
    assert choices == {"presets": PRESETS, "templates": tuple(TEMPLATE_SETS)}


def test_whether_any_option_is_given() -> None:
    assert not ClassOptions()
    for given in (
        ClassOptions(""),
        ClassOptions(other=False),
        ClassOptions(multi=True),
        ClassOptions(thresholds=("1",)),
    ):
        assert given


def test_a_recipe_of_all_of_them() -> None:
    file = io.BytesIO(b"dog\n")
    file.name = "classes.txt"
    options = ClassOptions(
        "cup=mug|cup", file, templates="photo7", own_templates=("{}",), thresholds=("0.5", "dog=0.8")
    )
    recipe = options.recipe()
    assert [(class_.name, class_.prompts, class_.threshold) for class_ in recipe.classes] == [
        ("cup", ("mug", "cup"), None),
        ("dog", ("dog",), 0.8),
    ]
    assert (recipe.templates, recipe.threshold) == (("{}", *TEMPLATE_SETS["photo7"]), 0.5)
    with pytest.raises(click.BadParameter, match="NAME=DIR"):
        ClassOptions(examples=("cup",)).recipe()


def test_a_preset_alone_names_the_set() -> None:
    assert ClassOptions(presets=("places",)).set_name == "places"
    assert ClassOptions(presets=("places",), multi=True).set_name == "places (multi)"
    for others in (
        ClassOptions("cup", presets=("places",)),
        ClassOptions(presets=("places", "imagenet")),
        ClassOptions(),
    ):
        assert others.set_name is None
