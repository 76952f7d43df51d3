"""What is committed to a store, and what it is asked with, looked at before anything is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID, schema_of
from indexer.data_sets.description import METADATA_KEY, Description
from indexer.data_sets.gathered import coming_again, digests
from indexer.errors import InvalidRequest, ModelMismatch
from indexer.paths import readable
from indexer.store.soundness import MOST_OFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray

NOTHING_DONE = "nothing was committed"


def checked_rows(batches: Iterable[pa.RecordBatch], description: Description) -> Iterator[pa.RecordBatch]:
    """Yield batches that have the columns of a library and sound embeddings, and no id twice.

    Raises InvalidRequest for others, ModelMismatch for embeddings of another model.
    """
    schema = schema_of(description)
    seen: list[NDArray[Any]] = []
    for batch in batches:
        _check_schema(batch.schema, schema, description)
        if batch.num_rows:
            seen.append(_checked_ids(batch))
            _check_embeddings(batch)
            yield batch
    if len(again := coming_again(seen)):
        raise InvalidRequest(f"Two rows have the same id, that of row {again[0] + 1:,}; {NOTHING_DONE}.")


def checked_queries(queries: FloatArray, description: Description) -> FloatArray:
    """Return queries (n, dim), float32; raises InvalidRequest for those of another shape, or that are not finite."""
    import numpy as np

    found = np.asarray(queries, dtype=np.float32)
    if found.ndim != 2 or found.shape[1] != description.dim or not np.isfinite(found).all():
        raise InvalidRequest(
            f"The embeddings to look for must be finite, of shape (n, {description.dim}) as the library's are, not"
            f" {found.shape}."
        )
    return found


def checked_columns(columns: Sequence[str] | None, description: Description) -> list[str]:
    """Return the names of columns, all for None; raises InvalidRequest for one that is not there."""
    names: list[str] = schema_of(description).names
    wanted = names if columns is None else list(columns)
    unknown = next((name for name in wanted if name not in names), None)
    if unknown is not None:
        raise InvalidRequest(f'There is no column "{unknown}"; there are: {", ".join(names)}.')
    return wanted


def vectors_of(batch: pa.RecordBatch) -> NDArray[np.float16]:
    """Return the embeddings (n, dim) of a batch, none of which is null."""
    column = batch.column(EMBEDDING)
    vectors: NDArray[np.float16] = column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
    return vectors


def _check_schema(given: pa.Schema, wanted: pa.Schema, description: Description) -> None:
    if given.metadata and METADATA_KEY in given.metadata:
        other = Description.read(given.metadata, "What is committed")
        if other.fingerprint != description.fingerprint:
            raise ModelMismatch(
                f"These embeddings are of the model {other.model}, and the library's are of {description.model}, so"
                f" they can't be compared; {NOTHING_DONE}."
            )
    kind = given.field(EMBEDDING).type if EMBEDDING in given.names else None
    size = getattr(kind, "list_size", None)
    if size is not None and size != description.dim:
        raise InvalidRequest(
            f"These embeddings have {size} dimensions, and those of the library's model, {description.model}, have"
            f" {description.dim}; {NOTHING_DONE}."
        )
    if given.names != wanted.names or given.types != wanted.types:
        wrong = [one.name for one in wanted if one.name not in given.names or given.field(one.name).type != one.type]
        raise InvalidRequest(
            f"The rows have not the columns of a library ({', '.join(wrong) or 'their order'}); {NOTHING_DONE}."
        )


def _checked_ids(batch: pa.RecordBatch) -> NDArray[Any]:
    """Return the digests of ids, none of which is twice in these rows."""
    if any(batch.column(name).null_count for name in (ID, "address", EMBEDDING)):
        raise InvalidRequest(f"A row has no id, address or embedding; {NOTHING_DONE}.")
    keys = digests(batch.column(ID))
    if len(again := coming_again([keys])):
        address = batch.column("address")[int(again[0])].as_py()
        raise InvalidRequest(f"Two rows have the same id, that of {readable(address)}; {NOTHING_DONE}.")
    return keys


def _check_embeddings(batch: pa.RecordBatch) -> None:
    import numpy as np

    with np.errstate(all="ignore"):
        vectors = vectors_of(batch).astype(np.float32)
        sound = np.abs(np.einsum("ij,ij->i", vectors, vectors) - 1) <= 2 * MOST_OFF  # False for what is no number
    if not sound.all():
        row = int(np.flatnonzero(~sound)[0])
        is_number = bool(np.isfinite(vectors[row]).all())
        reason = "has not the length 1; scale it to that" if is_number else "holds what is no finite number"
        address = batch.column("address")[row].as_py()
        raise InvalidRequest(f"The embedding of {readable(address)} {reason}; {NOTHING_DONE}.")
