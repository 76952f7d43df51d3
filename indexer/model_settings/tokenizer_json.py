"""A tokenizer's own file, looked at before the library `tokenizers` is: what would take all memory, or end the process.

A short text becomes as long as its normalizers make it, each of which may multiply what the one before has made; and
what is nested deeply enough overflows the stack.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from indexer.model_settings.kinds import RefusedSettings

MOST_DEPTH = 64
MOST_TIMES = 1000  # that normalizers may make a text longer
MOST_BEFORE = 1000  # characters that they may put before it
MOST_CHARSMAP = 4 << 20  # characters of a table of replacements; real ones have 300,000
MOST_PIECES = 256  # that may be put around a text


def check_tokenizer(name: str, content: bytes) -> None:
    """Raise RefusedSettings for a file of this name by which a text would become far longer, or that is no JSON."""
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise RefusedSettings(f"its {name} is no JSON, is nested too deeply, or says the same twice") from None
    if not isinstance(found, dict):
        raise RefusedSettings(f"its {name} holds no JSON object")
    found.pop("model", None)  # a large table, which Python's own limit keeps from being nested deeply
    _check_depth(name, found)
    if _times(found.get("normalizer")) > MOST_TIMES:
        raise RefusedSettings(f"its {name} has normalizers that would make a text far longer")
    if any(isinstance(part, list) and len(part) > MOST_PIECES for part in _parts(found.get("post_processor"))):
        raise RefusedSettings(f"its {name} has a post_processor that would make a text far longer")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; whoever reads it next may take the other of two values of one key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _check_depth(name: str, value: Any) -> None:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [part for parts in level for part in _children(parts) if isinstance(part, dict | list)]
        if not level:
            return
    raise RefusedSettings(f"its {name} is nested too deeply")


def _times(normalizer: Any) -> float:
    """Return how many times longer normalizers may make a text at most."""
    times = 1.0
    for part in _parts(normalizer):
        if not isinstance(part, dict):
            continue
        content = part.get("content")
        if isinstance(content, str):
            by_regex = isinstance(part.get("pattern"), dict) and "Regex" in part["pattern"]  # may match nothing
            times *= max(1, len(content) + (1 if by_regex and content else 0))
        before, table = part.get("prepend"), part.get("precompiled_charsmap")
        if isinstance(before, str) and len(before) > MOST_BEFORE:
            return MOST_TIMES + 1
        if table is not None and not (isinstance(table, str) and len(table) <= MOST_CHARSMAP):
            return MOST_TIMES + 1
    return times


def _parts(value: Any) -> Iterator[Any]:
    """Yield a value and all that is in it, which is not nested deeply."""
    yield value
    for part in _children(value):
        yield from _parts(part)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
