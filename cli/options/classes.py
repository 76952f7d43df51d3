"""The options that say what the classes are and how they are judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.help.headings import CLASSES, JUDGED, headed
from cli.options.basic import NamedFile, option_group
from search.labels.presets import PRESETS
from search.texts.class_templates import TEMPLATE_SETS

if TYPE_CHECKING:
    from search.labels.classes import NamedClass
    from search.labels.recipe import Recipe


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """The classes, as they were written."""

    listed: str | None = None
    file: Any = None  # open for reading bytes
    presets: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    own_templates: tuple[str, ...] = ()
    templates: str | None = None
    other: bool | None = None
    multi: bool = False
    thresholds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != ClassOptions()

    def recipe(self, elsewhere: dict[str, list[str]] | None = None) -> Recipe:
        """Return the recipe of a labelling; raises InvalidRequest or click.UsageError for what makes no sense.

        Examples that are no folder on this machine are taken for pictures of a data set, and are put `elsewhere`.
        """
        from search.labels.class_files import LARGEST, read_classes
        from search.labels.classes import TEMPLATE, parse_classes
        from search.labels.make_recipe import make_recipe
        from search.labels.presets import preset

        classes = parse_classes(self.listed) if self.listed else []
        if self.file is not None:
            classes += read_classes(self.file.read(LARGEST + 1), str(self.file.name))
        for name in self.presets:
            classes += preset(name)
        classes += [_with_examples(written, elsewhere) for written in self.examples]
        general, own = _thresholds(self.thresholds)
        templates = (*self.own_templates, *([self.templates] if self.templates else [])) or (TEMPLATE,)
        return make_recipe(
            classes, templates=templates, other=self.other, multi=self.multi, threshold=general, thresholds=own
        )

    @property
    def set_name(self) -> str | None:
        """The name of the label set where a preset is all that says what the classes are; else None."""
        if len(self.presets) != 1 or self.listed or self.file or self.examples:
            return None
        return f"{self.presets[0]} (multi)" if self.multi else self.presets[0]


def _with_examples(written: str, elsewhere: dict[str, list[str]] | None = None) -> NamedClass:
    """Return the class of a --class-from."""
    from search.labels.classes import NamedClass, tidy
    from search.labels.examples import taught_class

    name, sign, folder = written.partition("=")
    if not sign or not tidy(name) or not folder.strip():
        raise click.BadParameter(f'{written!r} is not NAME=DIR, such as "our cat=~/cat".', param_hint="--class-from")
    path = Path(folder.strip()).expanduser()
    if elsewhere is not None and not path.is_dir():
        elsewhere.setdefault(tidy(name), []).append(folder.strip())
        return NamedClass(tidy(name), (tidy(name),))
    return taught_class(name, path)


def _thresholds(written: tuple[str, ...]) -> tuple[float | None, dict[str, float]]:
    """Return the general threshold, and those of single classes."""
    general: float | None = None
    own: dict[str, float] = {}
    for threshold in written:
        name, sign, number = threshold.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            raise click.BadParameter(
                f"{threshold!r} is not a probability, nor NAME=PROBABILITY, such as cup=0.8.", param_hint="--threshold"
            ) from None
        if sign:
            own[name] = value
        else:
            general = value
    return general, own


class_options = option_group(
    "classes",
    ClassOptions,
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
        type=NamedFile("rb"),
        help="A file of classes: one a line (- for stdin), where # begins a comment; a .csv with the column class; or"
        " .yaml or .json with a list of names or a mapping of names to prompts. Example: --classes-file classes.txt",
    ),
    click.option(
        "--preset",
        "presets",
        metavar="LIST",
        type=click.Choice(PRESETS),
        multiple=True,
        help=f"A ready list of classes: {', '.join(PRESETS)}.",
    ),
    click.option(
        "--class-from",
        "examples",
        metavar="NAME=DIR",
        multiple=True,
        help="A class that the pictures in a folder show, a handful of them; several times for several classes."
        ' Example: --class-from "our cat=~/cat"',
    ),
    headed(
        JUDGED,
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
            metavar="SET",
            type=click.Choice(tuple(TEMPLATE_SETS)),
            help=f"A set of templates, whose mean is taken: {', '.join(TEMPLATE_SETS)}.",
        ),
        click.option(
            "--other/--no-other",
            default=None,
            help='Whether what fits no class is "other". Default: yes for up to 20 classes.',
        ),
        click.option(
            "--multi",
            is_flag=True,
            help="Judge each class for itself, so that a picture may have several labels.",
        ),
        click.option(
            "--threshold",
            "thresholds",
            metavar="P|NAME=P",
            multiple=True,
            help='The least probability of a label, below which a picture is "other"; also of a single class. Default:'
            " 0, with --multi 0.5. Example: --threshold 0.6 --threshold cup=0.8",
        ),
    ),
    heading=CLASSES,
)
