"""Rows of a data set by their ids, as a search gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from indexer.data_sets.columns import EMBEDDING, ID

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.arrays import FloatArray
    from search.data_sets.lance_data_set import LanceDataSet


def rows_with(pictures: LanceDataSet, ids: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Return columns, besides the id, of the rows with these ids, in their order; without those that are not there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = [ID, *(name for name in columns if name != ID)]
    listed = ", ".join(f"'{one}'" for one in ids if one.isalnum())  # hexadecimal digits, and nothing of SQL's
    batches = list(pictures.table.scan(wanted, f"{ID} IN ({listed})")) if listed else []
    schema = pa.schema([pictures.table.dataset.schema.field(name) for name in wanted])
    rows = pa.Table.from_batches(batches, schema) if batches else schema.empty_table()
    places = pc.index_in(pa.array(ids, pa.string()), value_set=rows[ID].combine_chunks())
    return rows.take(places.drop_null())


def vectors_of(rows: pa.Table | pa.RecordBatch) -> FloatArray:
    """Return the embeddings (n, dim) of rows, as they are stored but as float32."""
    import numpy as np

    column = rows[EMBEDDING]
    column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat.reshape(len(rows), column.type.list_size), dtype=np.float32)
