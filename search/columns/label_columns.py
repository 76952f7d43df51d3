"""The labels of a set by the rows of the columns: 6 bytes for each label, so that counting them takes milliseconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.store.soundness import MOST_ID, PROBABLE
from search.columns.columns import Columns, Mask

if TYPE_CHECKING:
    from indexer.store.store import Store

BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Which picture has which label; in a set of kind "multi" a picture may have several."""

    rows: NDArray[np.uint32]  # of pictures (m,)
    codes: NDArray[np.uint32]  # of labels (m,)
    names: tuple[str, ...]

    def counts(self, mask: Mask | None) -> dict[str, int]:
        """Return how many pictures have each label, among all or those of a mask, the most frequent first."""
        codes = self.codes if mask is None else self.codes[mask[self.rows]]
        counted = zip(self.names, np.bincount(codes, minlength=len(self.names)).tolist(), strict=True)
        return dict(
            sorted(((name, number) for name, number in counted if number), key=lambda pair: (-pair[1], pair[0]))
        )


def read_labels(store: Store, columns: Columns, label_set: int) -> LabelColumns:
    """Return the labels of a set; those of pictures that are no hits are left out."""
    cursor = store.db.execute(
        f"SELECT image, class FROM labels WHERE label_set = ? AND {PROBABLE} AND typeof(image) = 'integer'"
        " AND image BETWEEN 1 AND ?",
        [label_set, MOST_ID],
    )
    known: defaultdict[Any, int] = defaultdict(count().__next__)
    images, codes = [np.empty(0, np.int64)], [np.empty(0, np.uint32)]
    while block := cursor.fetchmany(BLOCK):
        numbers, classes = zip(*block, strict=True)
        images.append(np.array(numbers, dtype=np.int64))
        codes.append(np.fromiter(map(known.__getitem__, classes), np.uint32, len(classes)))
    ids, labels = np.concatenate(images), np.concatenate(codes)
    rows = np.minimum(np.searchsorted(columns.ids, ids), max(0, len(columns) - 1))
    there = columns.ids[rows] == ids if len(columns) else np.zeros(len(ids), dtype=bool)
    return LabelColumns(rows[there].astype(np.uint32), labels[there], tuple(map(str, known)))
