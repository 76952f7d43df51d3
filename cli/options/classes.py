"""The options that say what the classes are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cli.options.basic import add_options

Command = TypeVar("Command", bound=Callable[..., Any])

PRESETS = ("imagenet", "cifar100", "places", "openimages-common", "photo-basics")
TEMPLATE_SETS = (
    "simple",
    "photo7",
    "openai80",
)  # as in search/texts/template_sets.py

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
        help="A set of templates, whose mean is taken: 1, 7 or 80 of them. Example: --templates photo7",
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
    """Add the options from which label_recipe.py makes a recipe."""
    return add_options(command, _OPTIONS)
