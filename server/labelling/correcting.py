"""What is said of pictures in a label set, stored, and how right the model is by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.store.corrections import correct
from server.labelling.set_records import accuracy_record, label_counts, set_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.library.library import Library
    from server.opened.open_library import OpenLibrary


def corrected(
    opened: OpenLibrary, library: Library, label_set: int, ids: Sequence[int], labels: Sequence[str], said_by: str
) -> dict[str, Any]:
    """Store what was said of pictures in the set of an id, and return what that did; raises as `correct` does.

    Raises Refused if there is no such set.
    """
    set_of(library, label_set)
    act = opened.label_counts.following(
        library.store, label_set, ids, lambda: correct(library.store, label_set, ids, labels, said_by)
    )
    return {"act": act.id, "changed": len(act.images), **standing(opened, library, label_set)}


def standing(opened: OpenLibrary, library: Library, label_set: int) -> dict[str, Any]:
    """Return how right the model is now, and how many pictures have each label."""
    made = set_of(library, label_set)
    return {"accuracy": accuracy_record(opened, library, made), "counts": label_counts(opened, library, made)}
