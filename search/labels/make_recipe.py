"""From what people ask for to a recipe; what makes no sense is refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from indexer.errors import InvalidRequest
from indexer.store.labels import OTHER
from search.labels.ambiguous_words import notes_on_meanings
from search.labels.classes import TEMPLATE, NamedClass, check_classes, parse_class, parse_classes, tidy
from search.labels.examples import taught_class
from search.labels.negations import is_negative, notes_on_negations, with_opposites
from search.labels.recipe import EVEN, FEW, Recipe
from search.texts.template_sets import TEMPLATE_SETS

AnyPath = str | PathLike[str]


def make_recipe(
    classes: str | Iterable[str | NamedClass],
    *,
    templates: str | Iterable[str] = TEMPLATE,
    other: bool | None = None,
    multi: bool = False,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    examples: Mapping[str, AnyPath] | None = None,
) -> Recipe:
    """Return a recipe; a class is a name, or NAME=PROMPT|PROMPT as in classes.py. A text is a list with commas.

    `other` is by default on for few classes none of which is "not ...". `threshold` is by default 0, with `multi` 0.5;
    `thresholds` are those of single classes. `examples` are folders of pictures that show what a class is. `templates`
    have {} where the class goes; the name of a set stands for its templates.

    Raises InvalidRequest for senseless classes, a template without {} or a threshold that is no probability. With
    `multi` "not cup" is what is no cup, else what fits none of the classes, of which "cup" must then be one.
    """
    several = parse_classes(classes) if isinstance(classes, str) else classes
    written = [parse_class(one) if isinstance(one, str) else one for one in several]
    checked = check_classes(
        [*written, *(taught_class(name, Path(folder)) for name, folder in (examples or {}).items())]
    )
    named = _with_thresholds([one for one in checked.classes if not _is_other(one)], thresholds or {})
    if len(named) < len(checked.classes):
        other = True
    if not named:
        raise InvalidRequest(f'There is no class besides "{OTHER}"; name some, such as --classes cup,car')
    negative = [one for one in named if is_negative(one)]
    if not multi and negative:
        rests = [*(one.name for one in negative[1:]), *([OTHER] if other else [])]
        _check_negative(negative[0], rests, named)
    if other is None:
        other = len(named) <= FEW and not negative
    for value in (threshold, *(one.threshold for one in named)):
        if value is not None and not 0 <= value <= 1:
            raise InvalidRequest(f"A threshold is a probability from 0 to 1, not {value:g}.")
    return Recipe(
        named,
        _templates(templates),
        other or multi,
        multi,
        threshold if threshold is not None else EVEN if multi else 0.0,
        (*checked.notes, *notes_on_negations(named), *notes_on_meanings(named)),
    )


def _with_thresholds(classes: Sequence[NamedClass], thresholds: Mapping[str, float]) -> tuple[NamedClass, ...]:
    """Return classes, some with a threshold of their own; raises InvalidRequest for one of no class."""
    own = {tidy(name): value for name, value in thresholds.items()}
    unknown = own.keys() - {one.name for one in classes}
    if unknown:
        raise InvalidRequest(f'There is no class "{min(unknown)}", for which a threshold is given.')
    return tuple(replace(one, threshold=own.get(one.name, one.threshold)) for one in classes)


def _templates(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the templates that are meant, each once: one, several, or the name of a set for all of it.

    Raises InvalidRequest if there is none, or one has no {}.
    """
    several = (given,) if isinstance(given, str) else given
    found = tuple(dict.fromkeys(one for text in several for one in TEMPLATE_SETS.get(text, (text,))))
    if not found:
        raise InvalidRequest("There is no template; give one, such as: a photo of a {}")
    for template in found:
        if "{}" not in template:
            raise InvalidRequest(f"The template {template!r} has no {{}} where the class should go.")
    return found


def _is_other(one: NamedClass) -> bool:
    """Say whether a class is "other", which is no class; raises InvalidRequest if it has prompts or examples."""
    if one.name.casefold() != OTHER:
        return False
    if one.prompts != (one.name,) or one.examples:
        raise InvalidRequest(f'"{OTHER}" is what fits none of the classes; give this class another name.')
    return True


def _check_negative(one: NamedClass, rests: Sequence[str], classes: Sequence[NamedClass]) -> None:
    """Raise InvalidRequest where pictures get one label and "not cup" can't be told from another class.

    It has all that fits no class, as have the other `rests`; and without the class "cup" it has the cups, too.
    """
    if rests:
        raise InvalidRequest(
            f'"{one.name}" and "{rests[0]}" are both what fits none of the classes, so nothing can tell them apart;'
            " leave one out, or let each class be judged for itself: --multi"
        )
    opposites = with_opposites(classes)[0]
    if len(opposites) == len(classes):
        needed = opposites[-1].name
        raise InvalidRequest(f'"{one.name}" needs the class "{needed}" beside it: --classes "{needed},{one.name}"')
