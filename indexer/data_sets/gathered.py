"""Rows that are to be committed: all of them read, checked, and each id once, before anything is written."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID
from indexer.errors import InvalidRequest, ModelMismatch
from indexer.store.soundness import MOST_OFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

MOST_BYTES = 512 << 20  # of rows that are kept in memory; more go through a file


@contextmanager
def gathered(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Give rows with the columns of a schema as one table; of those with the same id the last.

    Raises ModelMismatch for embeddings of another dimension, InvalidRequest for what is no row of a library.
    """
    import pyarrow as pa

    with tempfile.TemporaryDirectory(prefix="clipsearch-", ignore_cleanup_errors=True) as folder:
        kept = _kept(
            (checked(batch, schema) for batch in batches if batch.num_rows), schema, Path(folder) / "rows.arrow"
        )
        yield pa.Table.from_batches(_last_of_each(kept), schema)
        del kept  # before its file


def checked(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows with the columns of a schema, in its order; raises ModelMismatch, InvalidRequest."""
    import pyarrow as pa

    for needed in (ID, "address", EMBEDDING):
        if needed not in batch.schema.names or batch[needed].null_count:
            raise InvalidRequest(f"Rows without {needed} can't be put into a library.")
    wanted, given = schema.field(EMBEDDING).type, batch[EMBEDDING].type
    if not pa.types.is_fixed_size_list(given) or given.list_size != wanted.list_size:
        size = getattr(given, "list_size", "any number of")
        raise ModelMismatch(
            f"The embeddings have {size} numbers and the library's {wanted.list_size}: they are of another model."
        )
    try:
        columns = [_column(batch, field) for field in schema]
    except pa.ArrowException as error:
        raise InvalidRequest("Rows whose columns are of other types can't be put into a library.") from error
    _check_unit(columns[schema.get_field_index(EMBEDDING)])
    return pa.record_batch(columns, schema=schema)


def _column(batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
    import pyarrow as pa

    if field.name not in batch.schema.names:
        return pa.nulls(batch.num_rows, field.type)
    column = batch[field.name]
    return column if column.type == field.type else column.cast(field.type)


def matrix(embeddings: pa.Array) -> NDArray[np.float32]:
    """Return embeddings (n, dim) in float32."""
    import numpy as np

    values = np.asarray(embeddings.flatten().to_numpy(zero_copy_only=False), dtype=np.float32)
    return values.reshape(-1, embeddings.type.list_size)


def _check_unit(embeddings: pa.Array) -> None:
    """Raise InvalidRequest unless all are of unit length, as scores are products with them."""
    import numpy as np

    vectors = matrix(embeddings)
    squares = np.einsum("ij,ij->i", vectors, vectors)
    if not bool((np.abs(squares - 1) <= 2 * MOST_OFF).all()):  # nan is not
        raise InvalidRequest("Embeddings that are not of unit length, or no numbers, can't be put into a library.")


def _kept(batches: Iterator[pa.RecordBatch], schema: pa.Schema, spill: Path) -> list[pa.RecordBatch]:
    """Return all batches, by way of a file if they are many."""
    import pyarrow as pa

    first: list[pa.RecordBatch] = []
    taken = 0
    for batch in batches:
        first.append(batch)
        taken += batch.nbytes
        if taken > MOST_BYTES:
            break
    else:
        return first
    with pa.OSFile(str(spill), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in first:
            writer.write_batch(batch)
        first.clear()
        for batch in batches:
            writer.write_batch(batch)
    with pa.memory_map(str(spill)) as mapped:
        stored = pa.ipc.open_file(mapped)
        return [stored.get_batch(number) for number in range(stored.num_record_batches)]


def digests(ids: pa.Array) -> NDArray[Any]:
    """Return what tells ids apart: 16 bytes of each, as there may be more of them than texts fit into memory."""
    import numpy as np
    import pyarrow as pa
    import xxhash

    joined = b"".join(map(xxhash.xxh3_128_digest, ids.cast(pa.binary()).to_pylist()))
    return np.frombuffer(joined, dtype=[("high", "<u8"), ("low", "<u8")])


def coming_again(batches: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """Return the numbers of rows, ascending, whose id a later row has too, of the digests of each batch."""
    import numpy as np

    if not batches:
        return np.empty(0, np.int64)
    high, low = (np.concatenate([one[name] for one in batches]) for name in ("high", "low"))
    order = np.lexsort((low, high))  # which is stable
    same = (high[order[1:]] == high[order[:-1]]) & (low[order[1:]] == low[order[:-1]])
    return np.sort(order[:-1][same])


def _last_of_each(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Return the batches without the rows whose id comes again later."""
    import numpy as np
    import pyarrow as pa

    again = coming_again([digests(batch[ID]) for batch in batches])
    if not len(again):
        return batches
    stays = np.ones(sum(batch.num_rows for batch in batches), dtype=bool)
    stays[again] = False
    ends: list[Any] = np.cumsum([batch.num_rows for batch in batches]).tolist()
    pairs = zip(batches, ends, strict=True)
    return [batch.filter(pa.array(stays[end - batch.num_rows : end])) for batch, end in pairs]
