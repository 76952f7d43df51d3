"""From what `class_options` were given to the recipe of a labelling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.labels.classes import NamedClass
    from search.labels.recipe import Recipe


def recipe_from(
    *,
    listed: str | None,
    file: Any,
    presets: tuple[str, ...],
    examples: tuple[str, ...],
    own_templates: tuple[str, ...],
    templates: str | None,
    other: bool | None,
    multi: bool,
    thresholds: tuple[str, ...],
) -> Recipe:
    """Return what `class_options` were given; raises InvalidRequest or click.UsageError for what makes no sense."""
    from search.labels.class_files import read_classes
    from search.labels.classes import TEMPLATE, parse_classes
    from search.labels.make_recipe import make_recipe
    from search.labels.presets import preset
    from search.texts.template_sets import TEMPLATE_SETS as SETS

    classes = parse_classes(listed) if listed else []
    if file is not None:
        classes += read_classes(file.read(), str(file.name))
    for name in presets:
        classes += preset(name)
    classes += map(_with_examples, examples)
    general, own = _thresholds(thresholds)
    texts = (*own_templates, *(SETS[templates] if templates else ())) or (TEMPLATE,)
    return make_recipe(classes, templates=texts, other=other, multi=multi, threshold=general, thresholds=own)


def is_nothing(asked: Mapping[str, Any]) -> bool:
    """Say whether no option of `class_options` was given."""
    return (
        all(value is None or value == () for option, value in asked.items() if option != "multi") and not asked["multi"]
    )


def only_preset(options: Mapping[str, Any]) -> str | None:
    """Return the preset, if one is all that says what the classes are: a label set can go by its name."""
    if len(options["presets"]) != 1 or options["listed"] or options["file"] or options["examples"]:
        return None
    return str(options["presets"][0])


def _with_examples(written: str) -> NamedClass:
    """Return the class of a --class-from."""
    from search.labels.classes import tidy
    from search.labels.examples import taught_class

    name, sign, folder = written.partition("=")
    if not sign or not tidy(name) or not folder.strip():
        raise click.BadParameter(f'{written!r} is not NAME=DIR, such as "our cat=~/cat".', param_hint="--class-from")
    return taught_class(name, Path(folder.strip()).expanduser())


def _thresholds(written: tuple[str, ...]) -> tuple[float | None, dict[str, float]]:
    """Return the general threshold, and those of single classes."""
    general: float | None = None
    own: dict[str, float] = {}
    for one in written:
        name, sign, number = one.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            raise click.BadParameter(
                f"{one!r} is not a probability, nor NAME=PROBABILITY, such as cup=0.8.", param_hint="--threshold"
            ) from None
        if sign:
            own[name] = value
        else:
            general = value
    return general, own


def recipe_of_set(store: Store, name: str) -> Recipe:
    """Return how the label set of this name was made; raises InvalidRequest if there is none."""
    from indexer.errors import InvalidRequest
    from indexer.store.labels import label_set_named
    from search.labels.recipe import recipe_again

    made = label_set_named(store, name)
    if made is None:
        raise InvalidRequest(f'There is no label set "{name}" to go on with; name its classes: --classes cup,car')
    return recipe_again(made)


def tell_of_classes(recipe: Recipe, wants_other: bool | None) -> None:
    """Say what a person may have meant otherwise."""
    from cli.output.rows import tell
    from search.labels.recipe import MOST_WITH_OTHER

    for note in recipe.notes:
        tell(note)
    if wants_other is None and len(recipe.classes) > MOST_WITH_OTHER and not (recipe.other or recipe.threshold):
        many = f"{len(recipe.classes):,} classes"
        tell(f"Of {many} every picture gets one; --other or --threshold P leaves out what fits none.")
