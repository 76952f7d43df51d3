"""The JSON forms of what the library holds and searching returns; docs/hit.schema.json describes a hit's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from indexer.paths import readable, to_fields
from search.results import Hit

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from indexer.store.roots import Root
    from search.results import AnyLabelled

DIGITS = 6  # of a probability
_FIELDS = tuple(field.name for field in fields(Hit))


def hit_record(hit: Hit) -> dict[str, Any]:
    """Return a hit as its JSON object."""
    known = {name: getattr(hit, name) for name in _FIELDS}  # asdict would copy each path, which takes ten times as long
    return {**known, "copies": list(map(_copy_record, hit.copies)), **to_fields(str(hit.path))}


def _copy_record(hit: Hit) -> dict[str, Any]:
    """Return a copy of a hit as its JSON object."""
    names = ("id", "score", "size", "width", "height")
    known = {name: getattr(hit, name) for name in names} | {
        "score": None if hit.score is None else round(hit.score, DIGITS)
    }
    return {**known, **to_fields(str(hit.path))}


def duplicate_record(hit: Hit, match: str, bits: int) -> dict[str, Any]:
    """Return a picture of a group of duplicates as its JSON object; `match` is what it is to the best."""
    names = ("id", "format", "size", "width", "height", "taken_at")
    details = {name: getattr(hit, name) for name in names}
    return {"path": readable(hit.path), "match": match, "score": hit.score, "bits": bits, **details}


def labelled_record(picture: AnyLabelled, multi: bool) -> dict[str, Any]:
    """Return a labelled picture as its JSON object; with `multi` it may have several labels."""
    labels = [{"class": name, "probability": round(value, DIGITS)} for name, value in picture.labels]
    best = {"class": picture.best, "probability": picture.probability}
    return {
        "path": readable(picture.path),
        "at": picture.at,
        **({"labels": labels} if multi else best),
        "margin": picture.margin,
        "said_by": picture.said_by,
        "probabilities": {name: round(value, DIGITS) for name, value in picture.probabilities.items()},
    }


def label_set_record(
    label_set: LabelSet, counts: Mapping[str, tuple[int, float]], said: Mapping[str, int]
) -> dict[str, Any]:
    """Return a label set as its JSON object; `counts` are label -> (pictures, mean probability).

    `said` is how many of these pictures have the label from a person.
    """
    stored = {class_.name: class_ for class_ in label_set.classes}
    classes = []
    for label in label_set.label_names:
        count, mean = counts.get(label, (0, None))
        probability = None if mean is None else round(mean, DIGITS)
        record = {"class": label, "pictures": count, "said": said.get(label, 0), "probability": probability}
        if class_ := stored.get(label):
            record |= {"prompts": list(class_.prompts), "examples": class_.all_examples, "threshold": class_.threshold}
            record["learnt"] = len(class_.learnt)
        classes.append(record)
    names = ("name", "kind", "model", "labelled_at", "other", "threshold", "temperature", "draft")
    settings = {name: getattr(label_set, name) for name in names}
    return {**settings, "templates": list(label_set.templates), "classes": classes}


def root_record(root: Root, pictures: int, state: str) -> dict[str, Any]:
    """Return a root, with the number of its pictures and whether it is mounted, as its JSON object."""
    return {
        "path": readable(root.path),
        "pictures": pictures,
        "indexed_at": root.indexed_at,  # None if no run has gone over all of it
        "state": state,
        "rules": {
            "exclude": [readable(pattern) for pattern in root.rules.exclude],
            "include_hidden": root.rules.include_hidden,
            "follow_links": root.rules.follow_links,
        },
    }
