"""Which values a setting may have: its kind and its range. What is not allowed is refused by name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from indexer.errors import ModelError
from indexer.harmless import harmless

Check = Callable[[Any], bool]
Allowed = Mapping[str, "Check | Allowed"]  # of an object's keys


class RefusedSettings(ModelError):
    """A model's files ask for what clipsearch does not pass on."""


def flag(value: Any) -> bool:
    """Return whether a value is true or false."""
    return isinstance(value, bool)


def whole(least: int, most: int) -> Check:
    """Return a check for whole numbers."""
    return lambda value: type(value) is int and least <= value <= most


def number(least: float, most: float) -> Check:
    """Return a check for numbers, also whole ones."""
    return lambda value: type(value) in (int, float) and math.isfinite(value) and least <= value <= most


def one_of(*values: str) -> Check:
    """Return a check for words."""
    return lambda value: isinstance(value, str) and value in values


def word(pattern: str) -> Check:
    """Return a check for texts of which all matches the pattern."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def text(most: int = 256) -> Check:
    """Return a check for short texts of any characters."""
    return lambda value: isinstance(value, str) and len(value) <= most


def nullable(check: Check) -> Check:
    """Return a check that null passes too."""
    return lambda value: value is None or check(value)


def either(*checks: Check) -> Check:
    """Return a check that what passes one of several passes."""
    return lambda value: any(check(value) for check in checks)


def list_of(check: Check, least: int, most: int) -> Check:
    """Return a check for lists of a length."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(check, value))


def check_object(where: str, value: Any, allowed: Allowed) -> None:
    """Raise RefusedSettings, naming the first key that is not allowed, or whose value is not."""
    if not isinstance(value, dict):
        raise RefusedSettings(f"{where} is no object")
    for key, part in value.items():
        name = f"{where}.{shown(key)}"
        check = allowed.get(key)
        if check is None:
            raise RefusedSettings(f"{name} is not a setting that clipsearch passes on")
        if callable(check):
            if not check(part):
                raise RefusedSettings(f"{name} has a value that clipsearch does not pass on: {shown(part)}")
        elif part is not None:
            check_object(name, part, check)


def shown(value: Any, most: int = 60) -> str:
    """Return a stranger's value as a short line of printable text."""
    line = value if isinstance(value, str) else repr(value)[:200] if _is_plain(value) else type(value).__name__
    line = harmless(line[: 4 * most])
    return line if len(line) <= most else f"{line[: most - 3]}..."


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 10**60)
