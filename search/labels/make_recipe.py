"""Make a recipe of what people ask for, and refuse what makes no sense."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Real

from indexer.arguments import AnyPath, flag, mapping_of, paths_of, several, shown, text_of, texts_of
from indexer.errors import InvalidRequest
from indexer.store.labels import OTHER
from search.labels.ambiguous_words import notes_on_meanings
from search.labels.classes import LONGEST, TEMPLATE, NamedClass, check_classes, parse_class, parse_classes, tidy
from search.labels.examples import taught_class
from search.labels.negations import is_negative, notes_on_negations, with_opposites
from search.labels.recipe import MOST_WITH_OTHER, MULTI_THRESHOLD, Recipe
from search.texts.class_templates import TEMPLATE_SETS


def make_recipe(
    classes: str | Iterable[str | NamedClass],
    *,
    templates: str | Iterable[str] = TEMPLATE,
    other: bool | None = None,
    multi: bool = False,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    examples: Mapping[str, AnyPath | Iterable[AnyPath]] | None = None,
) -> Recipe:
    """Return a recipe. A class is a name, or NAME=PROMPT|PROMPT as in classes.py; a string is a list with commas.

    `other` is by default on for few classes, if none is "not ...". `threshold` is by default 0, with `multi` 0.5;
    `thresholds` are those of single classes. `examples` are folders, of each class one or several, of pictures that
    show what it is. `templates` have {} where the class goes; the name of a set stands for its templates.

    With `multi`, "not cup" is all that is no cup. Without, it is what fits none of the classes, so "cup" must be one of
    them. Raises InvalidRequest for classes that make no sense, a template without {} or a threshold that is no
    probability.
    """
    other, multi = None if other is None else flag(other, "other"), flag(multi, "multi")
    own = {name: _probability(value) for name, value in mapping_of(thresholds, "thresholds").items()}
    taught = [
        taught_class(name, folder)
        for name, folders in mapping_of(examples, "examples").items()
        for folder in paths_of(folders, "examples")
    ]
    checked = check_classes([*_listed(classes), *taught])
    named = _with_thresholds([class_ for class_ in checked.classes if not _is_other(class_)], own)
    if len(named) < len(checked.classes):
        other = True
    if not named:
        raise InvalidRequest(f'There is no class besides "{OTHER}"; name some, such as --classes cup,car')
    negative = [class_ for class_ in named if is_negative(class_)]
    if not multi and negative:
        rests = [*(class_.name for class_ in negative[1:]), *([OTHER] if other else [])]
        _check_negative(negative[0], rests, named)
    if other is None:
        other = len(named) <= MOST_WITH_OTHER and not negative
    for value in (threshold, *(class_.threshold for class_ in named)):
        if value is not None:
            _probability(value)
    return Recipe(
        named,
        _templates(templates),
        other or multi,
        multi,
        threshold if threshold is not None else MULTI_THRESHOLD if multi else 0.0,
        (*checked.notes, *notes_on_negations(named), *notes_on_meanings(named)),
    )


def _listed(classes: str | Iterable[str | NamedClass]) -> list[NamedClass]:
    """Return the classes as they were listed; raises InvalidRequest for what is no class."""
    if isinstance(classes, str):
        return parse_classes(text_of(classes, "classes"))
    listed = []
    for entry in several(classes, "classes"):
        if not isinstance(entry, str | NamedClass):
            raise InvalidRequest(f"A class is a text, NAME or NAME=PROMPT|PROMPT, not {shown(entry)}.")
        listed.append(parse_class(text_of(entry, "classes")) if isinstance(entry, str) else entry)
    return listed


def _probability(value: object) -> float:
    """Return a threshold; raises InvalidRequest for what is no probability."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not 0 <= number <= 1:
        raise InvalidRequest(f"A threshold is a probability from 0 to 1, not {shown(value)}.")
    return number


def _with_thresholds(classes: Sequence[NamedClass], thresholds: Mapping[str, float]) -> tuple[NamedClass, ...]:
    """Return the classes with their own thresholds, where given; raises InvalidRequest for one of no class."""
    own = {tidy(name): value for name, value in thresholds.items()}
    unknown = own.keys() - {class_.name for class_ in classes}
    if unknown:
        raise InvalidRequest(f'There is no class "{min(unknown)}", for which a threshold is given.')
    return tuple(replace(class_, threshold=own.get(class_.name, class_.threshold)) for class_ in classes)


def _templates(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the templates, each once, with the name of a set replaced by its templates.

    Raises InvalidRequest if there is none, or one has no {}.
    """
    texts = texts_of(given, "templates")
    templates = tuple(dict.fromkeys(template for text in texts for template in TEMPLATE_SETS.get(text, (text,))))
    if not templates:
        raise InvalidRequest("There is no template; give one, such as: a photo of a {}")
    for template in templates:
        if "{}" not in template:
            raise InvalidRequest(f"The template {shown(template)} has no {{}} where the class should go.")
        if len(template) > LONGEST:
            raise InvalidRequest(f"The template {shown(template)} has more than {LONGEST:,} characters.")
    return templates


def _is_other(class_: NamedClass) -> bool:
    """Say whether a class is "other", which is no class; raises InvalidRequest if it has prompts or examples."""
    if class_.name.casefold() != OTHER:
        return False
    if not class_.is_plain:
        raise InvalidRequest(f'"{OTHER}" is what fits none of the classes; give this class another name.')
    return True


def _check_negative(negative: NamedClass, rests: Sequence[str], classes: Sequence[NamedClass]) -> None:
    """Raise InvalidRequest where pictures get one label each and nothing tells "not cup" from another class.

    It stands for all that fits no class, as the other `rests` do, and without the class "cup" for the cups, too.
    """
    if rests:
        raise InvalidRequest(
            f'"{negative.name}" and "{rests[0]}" are both what fits none of the classes, so nothing can tell them'
            " apart; leave one out, or let each class be judged for itself: --multi"
        )
    opposites = with_opposites(classes)[0]
    if len(opposites) == len(classes):
        needed = opposites[-1].name
        raise InvalidRequest(
            f'"{negative.name}" needs the class "{needed}" beside it: --classes "{needed},{negative.name}"'
        )
