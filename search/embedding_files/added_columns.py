"""Columns that an export has on request: where each picture lies in two dimensions, and its labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from indexer.data_sets.columns import EMBEDDING
from indexer.store.soundness import PROBABLE
from search.embedding_files.exported_columns import vectors_of
from search.plane.axes import Axes, find_axes

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.store.labels import LabelSet
    from indexer.store.store import Store


class Projection:
    """The columns x and y: the two directions in which the exported embeddings differ most."""

    def __init__(self, axes: Axes) -> None:
        """Take the axes; use `of_rows`."""
        self._axes = axes

    @classmethod
    def of_rows(cls, batches: Iterable[pa.RecordBatch], dim: int) -> Projection:
        """Find the directions by reading all embeddings once."""
        import numpy as np

        return cls(find_axes((vectors_of(rows[EMBEDDING], dim).astype(np.float32) for rows in batches), dim, 0))

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns."""
        import pyarrow as pa

        return pa.field("x", pa.float32()), pa.field("y", pa.float32())

    def of(self, ids: Sequence[str], vectors: NDArray[np.float16]) -> Sequence[pa.Array]:
        """Return the points of rows."""
        import numpy as np
        import pyarrow as pa

        points = self._axes.projected(vectors.astype(np.float32))
        return pa.array(points[:, 0].copy()), pa.array(points[:, 1].copy())


class Labels:
    """The columns label and probability of the best label in a label set, and labels: all that a picture has there."""

    def __init__(self, store: Store, label_set: LabelSet) -> None:
        """Take the library that has the label set."""
        self._store, self._set = store, label_set

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns."""
        import pyarrow as pa

        labels = pa.field("labels", pa.list_(pa.string()))
        return pa.field("label", pa.string()), pa.field("probability", pa.float64()), labels

    def of(self, ids: Sequence[str], vectors: NDArray[np.float16]) -> Sequence[pa.Array]:
        """Return the labels of rows, null where there are none."""
        import pyarrow as pa

        found: dict[int, list[tuple[float, str]]] = defaultdict(list)
        select = (
            f"SELECT image, class, probability FROM labels WHERE label_set = ? AND image IN ({{marks}}) AND {PROBABLE}"
        )
        for image, name, probability in self._store.db.rows_in(select, map(int, ids), self._set.id):
            found[image].append((float(probability), str(name)))
        rows = [sorted(found[int(id)], key=lambda label: (-label[0], label[1])) for id in ids]
        best = [row[0] if row else (None, None) for row in rows]
        names = [[name for _, name in row] or None for row in rows]
        kinds = [field.type for field in self.fields]
        values = ([name for _, name in best], [probability for probability, _ in best], names)
        return [pa.array(column, kind) for column, kind in zip(values, kinds, strict=True)]
