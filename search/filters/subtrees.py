"""Folders by their root's id and their path in it, as the page names them: answered by the database alone.

Nothing on the disk is looked at, and nothing is made of a path but a comparison of texts, so that whoever may ask for
a folder this way learns nothing of what is not in the library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import FolderError, InvalidRequest
from indexer.paths import readable
from indexer.store.known_files import below
from indexer.store.roots import root_paths
from indexer.store.soundness import MOST_ID
from search.filters.conditions import FOLDER, ROOT, Condition, any_of

if TYPE_CHECKING:
    from indexer.store.store import Store

_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")

LONGEST = 4096  # characters
LONGEST_NUMBER = 9  # digits


@dataclass(frozen=True, slots=True)
class Subtree:
    """A folder of the library: all that is below it."""

    root: int
    path: str = ""  # relative to the root, with "/"; "" is the root itself

    def __str__(self) -> str:
        return f"{self.root}:{readable(self.path)}"


def parse_subtree(text: str) -> Subtree:
    """Return the folder of "3:2019/rome", by the id of its root; raises InvalidRequest for anything else."""
    number, colon, path = text.partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    if not colon or not is_number or len(text) > LONGEST or "\0" in path:
        raise InvalidRequest('A folder is written as "ROOT:PATH", such as "1:2019/rome", with the id of its root.')
    path = path.strip("/")
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise InvalidRequest("The name of a folder holds signs that no file name can have.") from error
    return Subtree(int(number), path)


def in_subtrees(store: Store, subtrees: Sequence[Subtree]) -> Condition | None:
    """Return the condition for pictures below any of the folders; None if none is given.

    Raises FolderError for a root that is not in the library.
    """
    if not subtrees:
        return None
    known = root_paths(store)
    unknown = next((subtree for subtree in subtrees if subtree.root not in known), None)
    if unknown is not None:
        raise FolderError(f"The library has no root {unknown.root} any more; choose another folder.")
    return any_of([condition for subtree in subtrees for condition in _in_subtree(subtree)])


def _in_subtree(subtree: Subtree) -> list[Condition]:
    """Return the conditions that together find all below one folder."""
    if subtree.root > MOST_ID:
        return []
    if not subtree.path:
        return [Condition(ROOT, "{by}root = ?", [subtree.root])]
    return [
        Condition(FOLDER, f"{{by}}root = ? AND {sql}", [subtree.root, *values])
        for path in dict.fromkeys((subtree.path, _with_bytes(subtree.path)))
        for sql, values in below(path)
    ]


def _with_bytes(path: str) -> str:
    """Return a path with the bytes that `readable` has written as \\xNN."""
    raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), os.fsencode(path))
    return os.fsdecode(raw)
