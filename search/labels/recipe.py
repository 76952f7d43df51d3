"""All that decides the labels: the classes, the templates, and how they are judged."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest
from indexer.store.labels import LabelSet, SetDescription, StoredClass
from search.labels.classes import TEMPLATE, NamedClass

if TYPE_CHECKING:
    from indexer.store.models import StoredModel

FEW = 20  # classes up to which "other" is the default: many classes leave little that is none of them
EVEN = 0.5  # the threshold of a label that applies or not
LONG = 60  # letters of a default name; of more classes the first are named
VERSION = 3  # of how labels are judged: another makes all labels anew


@dataclass(frozen=True, slots=True)
class Recipe:
    """Checked classes with how they are judged; recipe_making.py makes one."""

    classes: tuple[NamedClass, ...]
    templates: tuple[str, ...] = (TEMPLATE,)
    other: bool = True
    multi: bool = False
    threshold: float = 0.0  # below which a label is not given
    notes: tuple[str, ...] = ()

    @property
    def plain_template(self) -> str:
        """The template in which classes are compared with what stands against them: the simple one, or the first."""
        return TEMPLATE if TEMPLATE in self.templates else self.templates[0]

    @property
    def default_name(self) -> str:
        """The name of the label set, if none is given: the classes, or the first of many with a mark of all."""
        names = [one.name for one in self.classes]
        name = ",".join(names)
        if len(name) > LONG:
            kept = [one for place, one in enumerate(names) if len(",".join(names[: place + 1])) <= LONG - 20]
            mark = f"{zlib.crc32(name.encode()):08x}"
            name = f"{','.join(kept or [names[0][: LONG - 20]])} and {len(names) - len(kept)} more [{mark}]"
        return f"{name} (multi)" if self.multi else name

    def description(self, model: StoredModel, temperature: float) -> SetDescription:
        """Return what is stored of it in a label set."""
        described: dict[str, Any] = {
            "kind": "multi" if self.multi else "softmax",
            "classes": tuple(
                StoredClass(one.name, one.prompts, len(one.examples), one.threshold) for one in self.classes
            ),
            "templates": self.templates,
            "other": self.other,
            "threshold": self.threshold,
            "temperature": temperature,
        }
        return SetDescription(**described, recipe=self._hash(model, temperature))

    def _hash(self, model: StoredModel, temperature: float) -> str:
        classes = [
            (one.name, one.prompts, one.threshold, [_signature(path) for path in one.examples]) for one in self.classes
        ]
        judged = (self.templates, self.other, self.multi, self.threshold, temperature)
        told = json.dumps([VERSION, model.fingerprint, classes, judged])
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def recipe_again(made: LabelSet) -> Recipe:
    """Return the recipe that a label set was made with; raises InvalidRequest if example pictures were part of it."""
    taught = next((one.name for one in made.classes if one.examples), None)
    if taught is not None:
        raise InvalidRequest(
            f'"{made.name}" has a class from examples, "{taught}", whose folder is not remembered; name the'
            " classes again."
        )
    classes = tuple(NamedClass(one.name, one.prompts, (), one.threshold) for one in made.classes)
    return Recipe(classes, made.templates, made.other, made.kind == "multi", made.threshold)


def _signature(path: Any) -> tuple[str, int, int]:
    """Return what tells that an example has changed."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_size, found.st_mtime_ns
