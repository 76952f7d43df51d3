"""Names for copies and folders that every file system accepts and that are not taken."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from indexer.harmless import harmless

AS_ON_WINDOWS = os.name == "nt"
LONGEST_NAME = 255  # bytes, on most file systems
LONGEST_FOLDER_NAME = 200  # bytes, which leaves room for a number
# Characters that some file system accepts in no name, and the names that Windows reserves
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def numbered_paths(folder: Path, name: str, prefix: str = "") -> Iterator[Path]:
    """Yield the possible paths of a file in a folder, a.jpg, a-2.jpg and so on, cut where the name were too long."""
    if AS_ON_WINDOWS:  # where "a.jpg:b" is a stream of the file a.jpg, which may be there already
        name = _UNFIT.sub("_", name)
    stem, suffix = os.path.splitext(name)
    whole, number = os.fsencode(prefix + stem), 1
    while True:
        end = os.fsencode(suffix if number == 1 else f"-{number}{suffix}")
        start = whole[: max(1, LONGEST_NAME - len(end))]
        if len(start) < len(whole):
            start = start.decode("utf-8", "ignore").encode("utf-8")
        yield folder / os.fsdecode(start + end)
        number += 1


def plain_name(text: str) -> str:
    """Return a text as a name that every file system and program takes, with room for a number after it."""
    name = harmless(_UNFIT.sub("_", text), lambda letter: "_").strip().lstrip(".")
    name = name.encode("utf-8", "ignore")[:LONGEST_FOLDER_NAME].decode("utf-8", "ignore").rstrip(". ") or "_"
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def folder_names(labels: Iterable[str]) -> dict[str, str]:
    """Return a folder name for each label, one that no other label has."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        base = plain_name(label)
        number, name = 1, base
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names[label] = name
    return names
