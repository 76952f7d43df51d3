"""Everything that decides the labels: the classes, the templates, and how pictures are judged."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.store.labels import OTHER, LabelSet, SetDescription, StoredClass
from search.labels.classes import TEMPLATE, NamedClass
from search.labels.negations import is_rest

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store.models import StoredModel

MOST_WITH_OTHER = 20  # classes that have "other" by default: many classes leave little that is none of them
MULTI_THRESHOLD = 0.5  # of each label of several, by default
LONGEST_NAME = 60  # letters of a label set's default name; longer ones name the first classes only
VERSION = 3  # of how labels are judged: raising it makes all labels anew


@dataclass(frozen=True, slots=True)
class Recipe:
    """Checked classes and how pictures are judged by them; make_recipe.py makes one."""

    classes: tuple[NamedClass, ...]
    templates: tuple[str, ...] = (TEMPLATE,)
    other: bool = True
    multi: bool = False
    threshold: float = 0.0  # below which a label is not given
    notes: tuple[str, ...] = ()  # for the user

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(class_.name for class_ in self.classes)

    @property
    def has_other_column(self) -> bool:
        """Whether "other" has a probability of its own, as a class has; with `multi` it is what is left."""
        return self.other and not self.multi

    @property
    def columns(self) -> tuple[str, ...]:
        """What has a probability: the classes, and perhaps "other"."""
        return (*self.names, OTHER) if self.has_other_column else self.names

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The threshold of each class, its own or that of all."""
        own = (class_.threshold for class_ in self.classes)
        return tuple(self.threshold if threshold is None else threshold for threshold in own)

    @property
    def plain_template(self) -> str:
        """The one template in which classes are compared with their rivals: the simple one if it is there."""
        return TEMPLATE if TEMPLATE in self.templates else self.templates[0]

    @property
    def default_name(self) -> str:
        """The name of the label set, if none is given: the classes, or the first of many with a checksum of all."""
        name = ",".join(self.names)
        if len(name) > LONGEST_NAME:
            most = LONGEST_NAME - 20
            kept = [own for end, own in enumerate(self.names, 1) if len(",".join(self.names[:end])) <= most]
            first, more = ",".join(kept or [self.names[0][:most]]), len(self.names) - len(kept)
            name = f"{first} and {more} more [{zlib.crc32(name.encode()):08x}]"
        return f"{name} (multi)" if self.multi else name

    def description(self, model: StoredModel, temperature: float) -> SetDescription:
        """Return what a label set stores of it."""
        described: dict[str, Any] = {
            "kind": "multi" if self.multi else "softmax",
            "classes": tuple(
                StoredClass(
                    class_.name, class_.prompts, len(class_.examples), class_.threshold, class_.taught, class_.learnt
                )
                for class_ in self.classes
            ),
            "templates": self.templates,
            "other": self.other,
            "threshold": self.threshold,
            "temperature": temperature,
        }
        return SetDescription(**described, recipe=self._hash(model, temperature))

    def _hash(self, model: StoredModel, temperature: float) -> str:
        classes = [
            (class_.name, class_.prompts, class_.threshold, [_signature(path) for path in class_.examples])
            for class_ in self.classes
        ]
        judged_by = (self.templates, self.other, self.multi, self.threshold, temperature)
        decided: list[Any] = [VERSION, model.fingerprint, classes, judged_by]
        shown = [(class_.name, sorted({*class_.taught, *class_.learnt})) for class_ in self.classes]
        if any(keys for _, keys in shown):
            decided.append(shown)
        text = json.dumps(decided)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def recipe_again(made: LabelSet) -> Recipe:
    """Return the recipe that a label set was made with.

    Raises InvalidRequest if example pictures that are not in the library were part of it.
    """
    taught = next((stored.name for stored in made.classes if stored.examples), None)
    if taught is not None:
        raise InvalidRequest(
            f'"{made.name}" has a class from examples, "{taught}", that were not in the library and so are not'
            " remembered; name the classes again."
        )
    classes = tuple(
        NamedClass(stored.name, stored.prompts, (), stored.threshold, stored.taught, stored.learnt)
        for stored in made.classes
    )
    return Recipe(classes, made.templates, made.other, made.kind == "multi", made.threshold)


def with_learnt(recipe: Recipe, made: LabelSet) -> Recipe:
    """Return a recipe that goes on with what a label set has learnt: what is given anew says nothing against it."""
    learnt = {stored.name: stored.learnt for stored in made.classes}
    classes = tuple(
        class_ if is_rest(class_.name) else replace(class_, learnt=class_.learnt or learnt.get(class_.name, ()))
        for class_ in recipe.classes
    )
    return replace(recipe, classes=classes)


def _signature(path: Path) -> tuple[str, int, int]:
    """Return what differs once an example has changed."""
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_size, status.st_mtime_ns
