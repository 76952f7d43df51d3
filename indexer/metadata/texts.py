"""Texts of metadata, as they are and as people may see them: bytes of any encoding, cut at NUL, without noise."""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

LONGEST_TEXT = 100  # characters
MOST_READ = 4096  # characters; no field that is read here has more

Value = TypeVar("Value")


def or_none(read: Callable[[], Value]) -> Value | None:
    """Return what `read` returns; None if it raises."""
    try:
        return read()
    except Exception:  # Pillow raises many kinds on broken EXIF, and so does the parsing of it
        return None


def raw_text(value: Any) -> str:
    """Return a value as a text, up to its first NUL; UTF-16 is told by its NULs."""
    content = _as_bytes(value if isinstance(value, bytes) else str(value)[:MOST_READ])
    if isinstance(content, str):
        return content.split("\0")[0]
    if encoding := _utf_16(content):
        return content.decode(encoding, "ignore").lstrip("\ufeff").split("\0")[0]
    # By its specification EXIF text is ASCII; cameras write UTF-8, which Pillow takes for Latin-1.
    content = content.removeprefix(codecs.BOM_UTF8).split(b"\0")[0]
    with contextlib.suppress(UnicodeError):
        return content.decode("utf-8")
    return content.decode("utf-8", "replace") if isinstance(value, bytes) else content.decode("latin-1")


def text_of(value: Any) -> str | None:
    """Return a text without control characters, cut to a sane length; None if it says nothing."""
    text = "".join(letter if letter.isprintable() else " " for letter in raw_text(value))
    text = " ".join(text.split())[:LONGEST_TEXT].strip()
    return text if any(letter.isalnum() for letter in text) else None  # some cameras write "----"


def _as_bytes(value: bytes | str) -> bytes | str:
    """Return the bytes that a text was in the file, if it may come from one; else the text."""
    if isinstance(value, bytes):
        return value[:MOST_READ]
    try:
        return value.encode("latin-1")
    except UnicodeError:
        return value


def _utf_16(content: bytes) -> str | None:
    """Return the UTF-16 encoding that bytes of mostly ASCII letters are in, or None."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    head = content[:8]
    if len(head) < 4 or head.count(0) != len(head) // 2:
        return None
    return "utf-16-le" if not any(head[1::2]) else "utf-16-be" if not any(head[::2]) else None
