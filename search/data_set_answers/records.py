"""The JSON form of a data set's hit: that of a local one, with an address and an id that is text."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from indexer.paths import readable
from search.data_set_answers.hits import DataSetHit
from search.records import DIGITS

_FIELDS = tuple(field.name for field in fields(DataSetHit) if field.name != "address")
_COPY = ("id", "score", "size", "width", "height")


def data_set_record(hit: DataSetHit) -> dict[str, Any]:
    """Return a hit as its JSON object; docs/hit.schema.json describes it."""
    known = {name: getattr(hit, name) for name in _FIELDS}
    return {**_named(hit), **known, "copies": list(map(_copy_record, hit.copies))}


def _copy_record(hit: DataSetHit) -> dict[str, Any]:
    known = {name: getattr(hit, name) for name in _COPY}
    return {**_named(hit), **known, "score": None if hit.score is None else round(hit.score, DIGITS)}


def _named(hit: DataSetHit) -> dict[str, str]:
    """Return where a picture is, under the name that local hits have too."""
    return {"path": readable(hit.address), "address": readable(hit.address)}
