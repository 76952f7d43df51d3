"""Names of many files in one: braces as the shell and WebDataset have them, and globs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)(?:\.\.(\d+))?")
_WILD = re.compile(r"[*?]|\[[^\]]+\]")


def is_pattern(text: str) -> bool:
    """Return whether a text names several files."""
    return is_wild(text) or any(_choices(found[1]) for found in _BRACES.finditer(text))


def is_wild(text: str) -> bool:
    """Return whether a text is a glob; the question mark of a web address is none."""
    return (
        _WILD.search(text.partition("?")[0] if text.lower().startswith(("http://", "https://")) else text) is not None
    )


def expanded(text: str) -> Iterator[str]:
    """Yield what braces stand for, in order: {0000..0999} keeps its zeros; {a,b} is a and b."""
    for found in _BRACES.finditer(text):
        choices = _choices(found[1])
        if choices is not None:
            for choice in choices:
                for rest in expanded(text[found.end() :]):
                    yield f"{text[: found.start()]}{choice}{rest}"
            return
    yield text


def _choices(inner: str) -> Iterator[str] | list[str] | None:
    """Return what the inside of braces stands for; None if it is no list and no range."""
    if (numbers := _RANGE.fullmatch(inner)) is not None:
        return _numbers(numbers[1], numbers[2], int(numbers[3] or 1) or 1)
    return inner.split(",") if "," in inner else None


def _numbers(first: str, last: str, step: int) -> Iterator[str]:
    """Yield the numbers from the first to the last, as wide as the wider one if either begins with a zero."""
    is_padded = any(len(number) > 1 and number.startswith("0") for number in (first, last))
    width = max(len(first), len(last)) if is_padded else 0
    start, end = int(first), int(last)
    for number in range(start, end + 1, step) if start <= end else range(start, end - 1, -step):
        yield f"{number:0{width}}"
