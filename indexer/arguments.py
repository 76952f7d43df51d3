"""Arguments of the Python API as people pass them: one thing or several of it, checked before any work is done.

A text is a list of its letters to Python, and "/photos" as a list of folders begins with "/". So whatever takes several
paths or texts takes them through here, where a single one is a list of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeVar

from indexer.errors import InvalidRequest
from indexer.paths import is_utf8

AnyPath = str | PathLike[str]
T = TypeVar("T")


def paths_of(value: AnyPath | Iterable[AnyPath], name: str) -> list[Path]:
    """Return one path, or several, as a list; raises InvalidRequest for what is no path."""
    return [path_of(item, name) for item in several(value, name)]


def texts_of(value: str | Iterable[str], name: str) -> list[str]:
    """Return one text, or several, as a list; raises InvalidRequest for what is no text."""
    return [text_of(item, name) for item in several(value, name)]


def several(value: str | PathLike[str] | Iterable[T], name: str) -> list[T | str | PathLike[str]]:
    """Return the items of a list, set or other iterable; a text or path is one item, not its letters.

    Raises InvalidRequest for a mapping, bytes, and what can't be iterated over.
    """
    if isinstance(value, str | PathLike):
        return [value]
    if isinstance(value, Mapping | bytes | bytearray) or not isinstance(value, Iterable):
        raise InvalidRequest(f"{name} takes a text or path, or several in a list, not {shown(value)}.")
    return list(value)


def path_of(value: object, name: str) -> Path:
    """Return a path; raises InvalidRequest for what is none, such as bytes, or can name no file."""
    text = fspath(value) if isinstance(value, str | PathLike) else None
    if not isinstance(text, str):
        raise InvalidRequest(f"{name} takes a path, as a str or Path, not {shown(value)}.")
    if not text:
        raise InvalidRequest(f'{name} is an empty path; for the current folder give ".".')
    if "\0" in text:
        raise InvalidRequest(f"{name} is no path: no file's name has a NUL in it.")
    return Path(text)


def text_of(value: object, name: str) -> str:
    """Return a text; raises InvalidRequest for anything else."""
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} takes a text, not {shown(value)}.")
    if not is_utf8(value):
        raise InvalidRequest("The text is not valid UTF-8; check the terminal's encoding.")
    return value


def flag(value: object, name: str) -> bool:
    """Return a bool, NumPy's too; raises InvalidRequest for anything else: the text "no" would count as true."""
    if not (isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")):
        raise InvalidRequest(f"{name} is True or False, not {shown(value)}.")
    return bool(value)


def whole_number(value: object, name: str, least: int) -> int:
    """Return an int, NumPy's too; raises InvalidRequest for anything else, and for less than `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise InvalidRequest(f"{name} is a whole number of at least {least}, not {shown(value)}.")
    return int(value)


def positive_number(value: object, name: str) -> float:
    """Return a float above 0, NumPy's too; raises InvalidRequest for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < math.inf:
        raise InvalidRequest(f"{name} is a number above 0, not {shown(value)}.")
    return float(value)


def share(value: object, name: str) -> float:
    """Return a float from 0 to 1, NumPy's too; raises InvalidRequest for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise InvalidRequest(f"{name} is a number from 0 to 1, not {shown(value)}.")
    return float(value)


def transform_of(value: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """Return what images go through; raises InvalidRequest for what can't be called with one."""
    if value is not None and (isinstance(value, type) or not callable(value)):  # ToTensor is not ToTensor()
        raise InvalidRequest(f"transform is a function that gets each image, not {shown(value)}.")
    return value


def skips(unreadable: object) -> bool:
    """Return whether pictures that can't be read are skipped; raises InvalidRequest for neither "raise" nor "skip"."""
    if not isinstance(unreadable, str) or unreadable not in ("raise", "skip"):
        raise InvalidRequest(f'unreadable is "raise" or "skip", not {shown(unreadable)}.')
    return unreadable == "skip"


def mapping_of(value: Mapping[str, T] | None, name: str) -> dict[str, T]:
    """Return a mapping from texts, {} for None; raises InvalidRequest for anything else."""
    if value is not None and not isinstance(value, Mapping):
        raise InvalidRequest(f"{name} is a dictionary by class, not {shown(value)}.")
    return {text_of(key, f"A class in {name}"): item for key, item in (value or {}).items()}


def shown(value: object, most: int = 60) -> str:
    """Return a value as a sentence can show it, on one line."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a sentence must not fail for a stranger's __repr__
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else text[:most] + "..."
