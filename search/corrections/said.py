"""What a person said in a label set, as arrays, and who the person is."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Ids
from indexer.errors import InvalidRequest
from indexer.paths import absolute, readable
from indexer.store.corrections import said_labels
from indexer.store.pictures import images_at
from search.labels.classes import parse_classes

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store.labels import LabelSet
    from indexer.store.store import Store

ASSISTANT = "assistant"


def login_name() -> str:
    """Return the name of who runs this program, "" where the system does not know one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def assistant_name() -> str:
    """Return who speaks where an assistant says something for who runs this program: never the person's own name."""
    name = login_name()
    return f"{ASSISTANT} for {name}" if name else ASSISTANT


def is_assistant(said_by: str) -> bool:
    """Return whether that is an assistant's name, whoever it spoke for."""
    return said_by == ASSISTANT or said_by.startswith(f"{ASSISTANT} for ")


def label_list(label_set: LabelSet, written: str) -> tuple[str, ...]:
    """Return the labels of a text, which may itself be the name of one; () for none of the classes.

    Raises InvalidRequest for one that the set does not have.
    """
    if label_set.kind != "multi" or written in label_set.class_names:
        return said_labels(label_set, [written])
    return said_labels(label_set, [class_.name for class_ in parse_classes(written)])


def ids_of_files(store: Store, paths: Iterable[Path]) -> list[int]:
    """Return the ids of files, of videos of all their moments; raises InvalidRequest for one not in the library."""
    ids: list[int] = []
    for path in paths:
        images = images_at(store, absolute(path))
        if not images:
            raise InvalidRequest(
                f"{readable(path)} is not in the library, so nothing was said; index its folder first."
            )
        ids += images
    return ids


@dataclass(frozen=True, slots=True)
class Said:
    """The labels that a person gave, of those that a set has now."""

    images: Ids  # (n,), ascending
    truth: NDArray[np.bool_]  # (n, labels): which of the labels each picture has

    def only(self, rows: NDArray[np.bool_]) -> Said:
        """Return what was said of some of the pictures, a mask (n,)."""
        return Said(self.images[rows], self.truth[rows])


def said_in(store: Store, label_set: int, names: Sequence[str]) -> Said:
    """Return what counts of what a person said in a set, whose labels are `names`; read as texts, which is quick."""
    rows = store.db.execute(
        "SELECT class, group_concat(image) FROM labels WHERE label_set = ? AND act IS NOT NULL"
        " AND typeof(image) = 'integer' GROUP BY class",
        [label_set],
    )
    having = {name: np.fromstring(listed, dtype=np.int64, sep=",") for name, listed in rows if name in names}
    images = np.unique(np.concatenate([np.empty(0, np.int64), *having.values()]))
    truth = np.zeros((len(images), len(names)), dtype=bool)
    for column, name in enumerate(names):
        truth[np.searchsorted(images, having.get(name, images[:0])), column] = True
    return Said(images, truth)
