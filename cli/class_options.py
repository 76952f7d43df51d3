"""The options that say what the classes are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from search.class_vectors import NamedClass
    from search.recipe import Recipe

Command = TypeVar("Command", bound=Callable[..., Any])

PRESETS = ("imagenet", "cifar100", "places", "openimages-common", "photo-basics")
TEMPLATE_SETS = ("simple", "openai80", "photo7")

_OPTIONS = (
    click.option(
        "--classes",
        "listed",
        metavar="A,B,...",
        help="The classes, separated by commas; quote one that has a comma itself. NAME=PROMPT|PROMPT says what a name"
        ' means. Example: --classes "cup,not cup"',
    ),
    click.option(
        "--classes-file",
        "file",
        metavar="FILE",
        type=click.File("rb"),
        help="A file of classes: one a line (- for stdin), or .yaml or .json with a list of names or a mapping of names"
        " to prompts. Example: --classes-file classes.txt",
    ),
    click.option(
        "--preset",
        "presets",
        type=click.Choice(PRESETS),
        multiple=True,
        help="A ready list of classes. Example: --preset photo-basics",
    ),
    click.option(
        "--class-from",
        "examples",
        metavar="NAME=DIR",
        multiple=True,
        help="A class that the pictures in a folder show, a handful of them; several times for several classes."
        ' Example: --class-from "our cat=~/cat"',
    ),
    click.option(
        "--template",
        "own_templates",
        metavar="TEXT",
        multiple=True,
        help="A text that a class is put in, at {}; several times: their mean. Default: a photo of a {}."
        ' Example: --template "a blurry photo of a {}"',
    ),
    click.option(
        "--templates",
        type=click.Choice(TEMPLATE_SETS),
        help="A set of templates, whose mean is taken: 1, 80 or 7 of them. Example: --templates photo7",
    ),
    click.option(
        "--other/--no-other",
        default=None,
        help='Whether what fits no class is "other". Default: yes for up to 20 classes. Example: --no-other',
    ),
    click.option(
        "--multi",
        is_flag=True,
        help="Judge each class for itself, so that a picture may have several labels. Example: --multi",
    ),
    click.option(
        "--threshold",
        "thresholds",
        metavar="P|NAME=P",
        multiple=True,
        help='The least probability of a label, below which a picture is "other"; also of a single class. Default: 0,'
        " with --multi 0.5. Example: --threshold 0.6 --threshold cup=0.8",
    ),
)


def class_options(command: Command) -> Command:
    """Add the options from which `recipe_from` makes a recipe."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


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
    from search.class_files import read_classes
    from search.classes import TEMPLATE, parse_classes
    from search.presets import preset
    from search.recipe import make_recipe
    from search.template_sets import TEMPLATE_SETS as SETS

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
    from search.classes import tidy
    from search.examples import taught_class

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
