"""Embeddings as a Lance dataset, which is a folder.

Its fragments are written one after the other and committed as one version: Lance would pull rows in a thread of its
own, and a local library answers in one thread alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FRAGMENT_ROWS = 500_000
FRAGMENT_BYTES = 1 << 26  # that the rows of a fragment may have in memory
FOLDERS = ("data", "_versions", "_transactions", "_indices", "_deletions", "_refs")


class LanceWriter:
    """Writes a Lance dataset."""

    is_folder = True

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the dataset's folder."""
        return [target]

    def owns(self, name: str) -> bool:
        """Return whether a file is in one of the folders of a dataset."""
        return name.partition("/")[0] in FOLDERS

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        import lance
        from lance.fragment import write_fragments

        place = str(parts[0])
        fragments = [
            fragment
            for table in _tables(batches, schema)
            for fragment in write_fragments(table, place, schema, mode="create", max_rows_per_file=FRAGMENT_ROWS)
        ]
        lance.LanceDataset.commit(place, lance.LanceOperation.Overwrite(schema, fragments))


def _tables(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield rows, as many at once as a fragment has; one without any if there are none."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    rows = most = 0
    for batch in batches:
        most = most or min(FRAGMENT_ROWS, math.ceil(FRAGMENT_BYTES * batch.num_rows / max(batch.nbytes, 1)))
        held.append(batch)
        rows += batch.num_rows
        if rows >= most:
            yield pa.Table.from_batches(held, schema)
            held, rows = [], 0
    if held or not most:
        yield pa.Table.from_batches(held, schema)
