"""Read files of classes: one class a line, or YAML or JSON with a list of names or a mapping of names to prompts."""

from __future__ import annotations

import codecs
import json
from pathlib import PurePath
from typing import Any

from indexer.errors import InvalidRequest
from search.labels.classes import NamedClass, parse_class, tidy


def read_classes(content: bytes, name: str) -> list[NamedClass]:
    """Return the classes in a file's content; a suffix of .json, .yaml or .yml in its name says how it is written.

    Raises InvalidRequest if the content is not text, or not what the suffix says.
    """
    text = _text(content, name)
    match PurePath(name).suffix.lower():
        case ".json":
            return _checked(_from_json(text, name), name)
        case ".yaml" | ".yml":
            return _checked(_from_yaml(text, name), name)
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


def _from_json(text: str, name: str) -> Any:
    """Return JSON with its objects as tuples of pairs, so that a key that stands twice is not lost."""
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: pairs and tuple(pairs))
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{name} is not valid JSON: {error}.") from error


def _from_yaml(text: str, name: str) -> Any:
    """Return YAML with mappings as tuples of pairs and every scalar as the text that is written: "no" is not False."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InvalidRequest(f"{name} is not valid YAML: {reason}.") from error
    return _plain(node, 0)


def _plain(node: Any, depth: int) -> Any:
    """Return a node as lists, tuples of pairs and texts; None for what is nested deeper than any class file is."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return node.value
    if depth < 3 and isinstance(node, yaml.SequenceNode):
        return [_plain(item, depth + 1) for item in node.value]
    if depth < 3 and isinstance(node, yaml.MappingNode):
        return tuple((_plain(key, depth + 1), _plain(value, depth + 1)) for key, value in node.value)
    return None


def _checked(content: Any, name: str) -> list[NamedClass]:
    """Return the classes of a list of names, or of a mapping of names to a prompt or a list of prompts."""
    if isinstance(content, list):
        content = tuple((entry, None) for entry in content)
    classes = [_with_prompts(*pair) for pair in content] if isinstance(content, tuple) else [None]
    known = [class_ for class_ in classes if class_]
    if len(known) < len(classes):
        raise InvalidRequest(
            f"{name} is neither a list of names nor a mapping of each name to its prompt or list of prompts."
        )
    return known


def _with_prompts(name: Any, prompts: Any) -> NamedClass | None:
    """Return a class with its prompts; without any, its name is its prompt."""
    texts = prompts if isinstance(prompts, list) else [prompts] if prompts else [name]
    if not isinstance(name, str) or not all(isinstance(text, str) for text in texts):
        return None
    return NamedClass(tidy(name), tuple(tidy(text) for text in texts if tidy(text)) or (tidy(name),))
