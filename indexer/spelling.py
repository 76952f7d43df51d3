"""Names as people type them: a letter with an accent is one character (NFC) or two (NFD), and both mean the same name.

Keyboards give NFC, macOS gives NFD, and Linux and the library tell the two apart. Whoever looks for a name takes the
very same one first, and else one that is only spelled otherwise.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

FINDS_EITHER = sys.platform == "darwin"  # the file system opens a file under both spellings, whichever it has


def composed(text: str) -> str:
    """Return a text in NFC, in which both spellings of a name are equal."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def caseless(text: str) -> str:
    """Return the form in which names that mean the same are equal: of either case and spelling."""
    return composed(composed(text).casefold())


def decomposed(text: str) -> str:
    """Return a text in NFD."""
    from unicodedata import normalize

    return normalize("NFD", text)


class NamesOnDisk:
    """The names in folders, each folder listed once at most."""

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, list[str]]] = {}  # by folder: the names in it by their composed form

    def spelled(self, path: Path) -> Path:
        """Return a path as the disk spells it; parts that are not there stay as they are."""
        if str(path).isascii() or (not FINDS_EITHER and os.path.lexists(path)):
            return path
        spelled = Path(path.anchor)
        for part in path.parts[len(spelled.parts) :]:
            step = spelled / part
            is_exact = part.isascii() or (not FINDS_EITHER and os.path.lexists(step))
            spelled = step if is_exact else spelled / self._name_in(spelled, part)
        return spelled

    def _name_in(self, folder: Path, name: str) -> str:
        """Return the name of an entry of a folder: the very same, else the first that is only spelled otherwise."""
        if folder not in self._names:
            by_form: dict[str, list[str]] = {}
            with contextlib.suppress(OSError, ValueError):
                for entry in sorted(os.listdir(folder)):
                    if not entry.isascii():
                        by_form.setdefault(composed(entry), []).append(entry)
            self._names[folder] = by_form
        alike = self._names[folder].get(composed(name), [name])
        return name if name in alike else alike[0]


def spelled_on_disk(path: Path) -> Path:
    """Return a path as the disk spells it; parts that are not there stay as they are."""
    return NamesOnDisk().spelled(path)


def spelled_as_known(path: Path, known: Collection[Path]) -> Path:
    """Return a path of which the part that it shares with one of the known folders is spelled as that one is.

    The path may be inside a known folder, be one, or be around one. A folder that is on the disk under the very name
    that was typed is not taken for another.
    """
    if str(path).isascii() or any(_shared(path, folder, str) for folder in known):
        return path
    for folder in known:
        shared = _shared(path, folder, composed)
        typed, ours = Path(*path.parts[:shared]), Path(*folder.parts[:shared])
        if shared and (not os.path.lexists(typed) or _is_same(typed, ours)):
            return ours.joinpath(*path.parts[shared:])
    return path


def _shared(path: Path, folder: Path, form: Callable[[str], str]) -> int:
    """Return how many parts two paths share, if one of them is the other or around it; else 0."""
    shared = min(len(path.parts), len(folder.parts))
    return shared if form(str(Path(*path.parts[:shared]))) == form(str(Path(*folder.parts[:shared]))) else 0


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
