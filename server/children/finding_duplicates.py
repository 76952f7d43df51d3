"""Finding duplicates, as a child process does it: each group is a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from search.duplicates.groups import DuplicateGroup, find_duplicates
from search.filters.filters import Filters
from search.filters.passing import Passing
from search.filters.subtrees import Subtree
from search.library.library import open_library
from server.children.told import Told


def find(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Find the duplicates among the pictures of a request, tell each group, and return how many there are."""
    told.interrupt_at_eof()  # comparing asks nobody whether to stop, and keeps what it has compared
    subtrees = tuple(Subtree(root, path) for root, path in request["folders"])
    try:
        with open_library(Path(request["library"])) as library:
            library.store.read_only |= request["read_only"]
            groups = find_duplicates(
                library,
                exact=request["exact"],
                filters=Filters(subtrees=subtrees),
                passing=_passing(request["ids"]),
                progress=told.progress,
            )
    except KeyboardInterrupt:
        return {"stopped": True}
    for group in groups:
        told.line("group", **_record(group))
    spare = sum(len(group.spare) for group in groups)
    return {"groups": len(groups), "spare": spare, "spare_bytes": sum(group.spare_bytes for group in groups)}


def _passing(ids: list[int] | None) -> Passing | None:
    """Return the pictures of these ids; None where filters say which ones are meant."""
    import numpy as np

    return None if ids is None else Passing(np.array(ids, dtype=np.int64))


def _record(group: DuplicateGroup) -> dict[str, Any]:
    """Return what of a group is kept: the pictures are read again when they are shown."""
    spare = {picture.hit.id for picture in group.spare}
    pictures = [
        [picture.hit.id, picture.match, picture.bits, picture.hit.score, picture.hit.id in spare]
        for picture in group.pictures
    ]
    return {"pictures": pictures, "spare_bytes": group.spare_bytes}
