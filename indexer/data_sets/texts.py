"""Texts in the columns of a data set, which must be UTF-8, whatever a file system or a picture says.

A file's name may hold bytes that are no UTF-8, which Python has as surrogates (PEP 383). Each is written as the
character U+001A, which Unicode calls SUBSTITUTE, and the four hex digits of the surrogate; U+001A itself likewise. The
rule goes sign by sign, so that what begins alike still does, and any text comes back as it was.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Mapping

_ODD = re.compile("[\x1a\ud800-\udfff]")
_WRITTEN = re.compile("\x1a([0-9a-f]{4})")


@overload
def to_column(text: str) -> str: ...
@overload
def to_column(text: str | None) -> str | None: ...
def to_column(text: str | None) -> str | None:
    """Return a text as a column holds it."""
    return text if text is None or (text.isascii() and "\x1a" not in text) else _ODD.sub(_as_digits, text)


@overload
def from_column(text: str) -> str: ...
@overload
def from_column(text: str | None) -> str | None: ...
def from_column(text: str | None) -> str | None:
    """Return the text that `to_column` wrote."""
    return text if text is None or "\x1a" not in text else _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def json_column(fields: Mapping[str, object]) -> str | None:
    """Return what else a source says of a picture as a JSON object; None if it says nothing."""
    if not fields:
        return None
    # A surrogate becomes an escape of JSON's, so the text is UTF-8 and says the same.
    return json.dumps(_sound(fields), ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _as_digits(found: re.Match[str]) -> str:
    return f"\x1a{ord(found[0]):04x}"


def _sound(value: Any) -> Any:
    """Return a value as JSON can hold it: without NaN and infinity, bytes and other things as texts."""
    if isinstance(value, dict):
        return {str(name): _sound(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sound(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)
