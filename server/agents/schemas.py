"""Schemas of tools as assistants are told them: what the models of pydantic mean, in half of their characters.

A host gives the list of tools to its model with each question, so what says nothing is left out: titles that repeat a
name, and defaults that are nothing. An argument that may be null is told as one that may be left out, and none refers
to another place of the schema, as not all hosts follow that. What several tools tell of a photo, one describes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from server.agent_tools.answers import Answer
from server.agent_tools.details import DetailedPhoto
from server.agent_tools.models import Photo

NOTHING: tuple[Any, ...] = (None, "", [], {})
NULL = {"type": "null"}
ANY_NUMBER = 2**53  # below it is every whole number that JSON has
NAMED = ("properties", "$defs")  # whose keys are names, and no words of a schema
TOLD: tuple[tuple[type[Answer], str], ...] = ((DetailedPhoto, "view_photo"), (Photo, "search_photos"))

Schema = dict[str, Any]


def input_schema(schema: Schema, left_out: frozenset[str] = frozenset()) -> Schema:
    """Return the schema of arguments, without filters of these names."""
    short = _short(schema, _argument)
    models = short.pop("$defs", {})
    for name in left_out:
        models.get("PhotoFilters", {}).get("properties", {}).pop(name, None)
    return _short(short, lambda part: {**models[_name(part.pop("$ref"))], **part} if "$ref" in part else part)


def output_schema(schema: Schema, tool: str) -> Schema:
    """Return the schema of a tool's answer."""
    short = _short(schema, _field)
    for model in short.get("$defs", {}).values():
        _refer(model, tool)
    return _without_unused(short)


def _refer(model: Schema, tool: str) -> None:
    """Take out of a model the fields of a photo that another tool tells, and say so."""
    for kind, teller in TOLD:
        fields = kind.model_fields.keys()
        if teller != tool and model.get("properties", {}).keys() >= fields:
            model["properties"] = {name: part for name, part in model["properties"].items() if name not in fields}
            model["required"] = [name for name in model["required"] if name not in fields]
            model["description"] = f"A photo as {teller} tells it{', and:' if model['properties'] else '.'}"


def _without_unused(schema: Schema) -> Schema:
    """Return a schema without models that nothing refers to any more."""
    models, used = schema.pop("$defs", {}), set()
    waiting = list(_references(schema))
    while waiting:
        if (name := waiting.pop()) not in used:
            used.add(name)
            waiting += _references(models[name])
    return {"$defs": {name: model for name, model in models.items() if name in used}, **schema}


def _references(part: Any) -> Iterator[str]:
    """Yield the names of models that a part of a schema refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield _name(part["$ref"])
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _short(schema: Schema, one: Callable[[Schema], Schema]) -> Schema:
    """Return a schema whose parts are shortened first, and then it by `one`."""
    parts: Schema = {}
    for word, value in schema.items():
        if word in NAMED:
            parts[word] = {name: _short(part, one) for name, part in value.items()}
        elif isinstance(value, dict) and word != "default":
            parts[word] = _short(value, one)
        elif isinstance(value, list) and word == "anyOf":
            parts[word] = [_short(part, one) for part in value]
        elif word != "title":
            parts[word] = value
    return one(parts)


def _argument(schema: Schema) -> Schema:
    if NULL in schema.get("anyOf", ()):
        schema = _without_null(schema)
    default = schema.get("default")
    if default in NOTHING or isinstance(default, dict):
        schema.pop("default", None)
    if schema.get("exclusiveMaximum") == ANY_NUMBER:
        del schema["exclusiveMaximum"]
    return schema


def _without_null(schema: Schema) -> Schema:
    others = [part for part in schema.pop("anyOf") if part != NULL]
    return {**others[0], **schema} if len(others) == 1 else {"anyOf": others, **schema}


def _field(schema: Schema) -> Schema:
    if schema.get("default", 0) is None:
        del schema["default"]
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    parts = schema.get("anyOf", [])
    if len(parts) == 2 and parts[1] == NULL and "type" in parts[0]:
        del schema["anyOf"]
        return {**parts[0], **schema, "type": [parts[0]["type"], "null"]}
    return schema
