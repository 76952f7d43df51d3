"""A label set as it is stored, whose pictures can't be judged anew: examples of it were never in the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer.store.soundness import PROBABLE

if TYPE_CHECKING:
    from indexer.arrays import FloatArray, Ids
    from indexer.store.labels import LabelSet
    from search.library.library import Library


class StoredSet:
    """What stands for a JudgedSet where pictures are only looked at: the most probable label says how certain it is."""

    def __init__(self, label_set: LabelSet) -> None:
        """Take the set."""
        self.label_set = label_set

    def margins(self, library: Library) -> tuple[Ids, FloatArray]:
        """Return the ids (n,), ascending, and margins (n,) of the pictures whose labels are the model's."""
        rows = library.store.db.execute(
            f"SELECT image, max(probability) FROM labels WHERE label_set = ? AND act IS NULL AND {PROBABLE}"
            " AND typeof(image) = 'integer' GROUP BY image ORDER BY image",
            [self.label_set.id],
        ).fetchall()
        return np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.float32)
