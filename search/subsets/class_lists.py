"""The classes of a data set, a line for each, in the order of their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.paths import readable

if TYPE_CHECKING:
    from collections.abc import Iterable


def class_lines(classes: Iterable[str]) -> str:
    """Return a line for each class."""
    return "".join(f"{' '.join(readable(name).splitlines())}\n" for name in classes)
