"""Lance's SQL, which is DataFusion's: values as literals, and many conditions as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def literal(text: str) -> str:
    """Return a text as a literal, in which nothing but the quote means anything; it must be valid UTF-8."""
    return "'" + text.replace("'", "''") + "'"


def number(value: float) -> str:
    """Return a number as a literal that reads back as the very same float."""
    return f"({float(value)!r})"


def one_of(expression: str, texts: Iterable[str]) -> str:
    """Return the condition that an expression is one of the texts; of none it is never true."""
    listed = ", ".join(map(literal, texts))
    return f"({expression}) IN ({listed})" if listed else "false"


def both(conditions: Iterable[str]) -> str:
    """Return the condition that all of some conditions are true."""
    return " AND ".join(f"({condition})" for condition in conditions) or "true"


def either(conditions: Sequence[str]) -> str:
    """Return the condition that any of some conditions is true.

    They are halved again and again: a chain of thousands would be walked to its depth by a stack that is not so deep.
    """
    if len(conditions) < 2:
        return f"({conditions[0]})" if conditions else "false"
    half = len(conditions) // 2
    return f"({either(conditions[:half])} OR {either(conditions[half:])})"
