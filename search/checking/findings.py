"""What a check finds, and how it is repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["repaired", "can be repaired", "remains", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found."""

    area: str  # such as "embeddings"
    state: State  # a "note" is no damage
    what: str  # a sentence that says what it is, and what was or can be done
    path: Path | None = None  # of the file that it is about


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and how it can be repaired."""

    area: str
    what: str
    done: str = ""  # after a repair: "they were dropped; the next clipsearch index makes them again"
    repair: Callable[[], object] | None = None  # holds no lock itself; None if nothing can be done
    path: Path | None = None
    is_note: bool = False


Problems = Iterator[Problem]
