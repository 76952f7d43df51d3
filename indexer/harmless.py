"""Texts that others wrote, such as names, made fit for a terminal, a log and a page: what can't be seen is spelled out.

A terminal obeys control characters, which may clear it, retitle it or write over what stands there; direction marks and
characters without a width make one name look like another. All of these are written as Python does: `\\n`, `\\x1b` (a
control character below 128, or a byte that is no UTF-8), `\\u202e`. What scripts need in their words stays: joiners
between letters that join, the parts of an emoji, the variants of a character.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache

_PICTOGRAMS = "\u00a9\u00ae\u203c\u2049\u2100-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINED = "\u0620-\u06dc\u06de-\u070d\u0710-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u180a"
_JOINED += "\u1820-\u18aa\ufb50-\ufdff\ufe70-\ufefc"  # Arabic, Indic and Mongolian letters and their marks
_IDEOGRAMS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_FITTING = (
    rf"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])",
    rf"(?<=[{_PICTOGRAMS}\ufe0f])\u200d(?=[{_PICTOGRAMS}])",
    rf"(?<=[{_PICTOGRAMS}])[\ufe0e\ufe0f]",
    r"(?<=[0-9#*])\ufe0f(?=\u20e3)",  # the keys of a telephone
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f",  # the flags of Scotland and the like
    rf"(?<=[{_IDEOGRAMS}])[\ufe00-\ufe02\U000e0100-\U000e01ef]",
    r"(?<=[\u1000-\u109f\u2200-\u22ff\ua840-\ua877])\ufe00",
    r"(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]",
    r"(?<=[\u1820-\u18aa])\u180e(?=[\u1820-\u18aa])",
    r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]",  # spaces of a width
    "[\u0600-\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd]",  # signs around numbers, which are formats by name
    "[\U0001f000-\U0001faff]",  # emoji, also such as this Python does not know yet
)
# Letters, marks and selectors of no width, which Python calls printable
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_UNSEEN |= frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# Windows has backslashes between folders, and no line break or tab in a name
_BEFORE_AN_ESCAPE = (
    rf"(?<!\\)\\+(?=x[0-9a-f]{{2}}|u[0-9a-f]{{4}}|U[0-9a-f]{{8}}{'' if os.sep == chr(92) else '|[nrt]'}|[^ -~])"
)

Spelling = Callable[[str], str]  # of a character that is not to be written as it is


def spelled_out(letter: str) -> str:
    """Return a character as Python writes it; \\x80 and above is a byte that is no UTF-8."""
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return _NAMED.get(letter, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def spelled_in_json(letter: str) -> str:
    """Return a character as JSON may have it in a string."""
    code = ord(letter)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def harmless(text: str, spelling: Spelling = spelled_out) -> str:
    """Return a text without anything that a terminal obeys or does not show, line breaks included; twice is as once."""
    if text.isascii() and text.isprintable():
        return text
    return _suspects().sub(lambda found: found[0] if found[1] or _is_seen(found[0]) else spelling(found[0]), text)


def harmless_lines(text: str, spelling: Spelling = spelled_out) -> str:
    """Return the same of a text of several lines, which stay."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(harmless(line, spelling) for line in text.split("\n"))


def unmistakable(text: str) -> str:
    """Return a text as `harmless` does, its own backslashes doubled where they would be taken for those."""
    if "\\" in text:
        text = re.sub(_BEFORE_AN_ESCAPE, _doubled, text)
    return harmless(text)


def _doubled(backslashes: re.Match[str]) -> str:
    after = backslashes.string[backslashes.end()]
    return backslashes[0] * (2 if after in "xuUnrt" or harmless(after) != after else 1)


def _is_seen(letter: str) -> bool:
    return letter.isprintable() and letter not in _UNSEEN


@cache
def _suspects() -> re.Pattern[str]:
    """Return what finds every character beyond plain ASCII; those that fit where they stand are group 1."""
    return re.compile(rf"({'|'.join(_FITTING)})|[^ -~]")
