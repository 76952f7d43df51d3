"""Files of classes: one a line, or YAML or JSON: a list of names, or a mapping of names to prompts."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from indexer.errors import InvalidRequest
from search.labels.classes import NamedClass, parse_class, tidy

Pairs = list[tuple[Any, Any]]


def read_classes(content: bytes, name: str) -> list[NamedClass]:
    """Return the classes of a file; the ending of its name tells YAML and JSON from one class a line.

    Raises InvalidRequest if it is not text, or not what its name says.
    """
    text = _text(content, name)
    match PurePath(name).suffix.lower():
        case ".json":
            return _structured(_json(text, name), name)
        case ".yaml" | ".yml":
            return _structured(_yaml(text, name), name)
    return [parse_class(line) for line in text.splitlines() if line.strip()]


def _text(content: bytes, name: str) -> str:
    """Return a file's text: UTF-8, or UTF-16 with a byte order mark, as Windows writes it."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{name} is not UTF-8 text; save it as UTF-8, one class a line.") from error
    if "\0" in text:
        raise InvalidRequest(f"{name} is not text, so it has no classes; save it as UTF-8, one class a line.")
    return text


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: pairs and tuple(pairs))
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{name} is not valid JSON: {error}.") from error


def _yaml(text: str, name: str) -> Any:
    """Return YAML as JSON has it: a mapping as a tuple of pairs, every scalar as it is written ("no" is no)."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InvalidRequest(f"{name} is not valid YAML: {reason}.") from error
    return _plain(node, 0)


def _plain(node: Any, depth: int) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return node.value
    if depth < 3 and isinstance(node, yaml.SequenceNode):
        return [_plain(one, depth + 1) for one in node.value]
    if depth < 3 and isinstance(node, yaml.MappingNode):
        return tuple((_plain(key, depth + 1), _plain(value, depth + 1)) for key, value in node.value)
    return None


def _structured(found: Any, name: str) -> list[NamedClass]:
    """Return the classes of a list of names, or of a mapping of names to a prompt or a list of prompts."""
    classes = list(_each(found)) if isinstance(found, list | tuple) else [None]
    if any(one is None for one in classes):
        raise InvalidRequest(
            f"{name} is neither a list of names nor a mapping of each name to its prompt or list of prompts."
        )
    return [one for one in classes if one is not None]


def _each(found: list[Any] | tuple[Any, ...]) -> Iterator[NamedClass | None]:
    for one in found:
        if isinstance(found, list):
            yield NamedClass(tidy(one), (tidy(one),)) if isinstance(one, str) else None
        else:
            yield _with_prompts(*one)


def _with_prompts(key: Any, prompts: Any) -> NamedClass | None:
    """Return a class from a pair of a mapping; without a prompt its name stands for it."""
    several = prompts if isinstance(prompts, list) else [prompts] if prompts else [key]
    if not isinstance(key, str) or not all(isinstance(one, str) for one in several):
        return None
    return NamedClass(tidy(key), tuple(tidy(one) for one in several if tidy(one)) or (tidy(key),))
