"""From what was decoded and encoded of a picture to its rows in a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID, row_id, schema_of
from indexer.data_sets.texts import json_column, to_column
from indexer.files.formats import VIDEO_FORMATS
from indexer.store.pictures import METADATA_COLUMNS
from indexer.store.store import now

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.data_sets.description import Description
    from indexer.sources.item import Item
    from indexer.store.pictures import EncodedFile


def rows_of_file(
    description: Description, source: str, shard_name: str | None, item: Item, encoded: EncodedFile
) -> pa.RecordBatch:
    """Return the rows of a picture, one, or of a video, one for each moment.

    `shard_name` is the address of the one file that it was read from as a part; None if it is a file itself.
    """
    import numpy as np
    import pyarrow as pa

    moments = encoded.moments
    is_video = encoded.frame.format in VIDEO_FORMATS
    times = [moment.at_ms if is_video else None for moment in moments]
    alike = _alike(source, shard_name, item, encoded)
    columns: dict[str, Any] = {name: [value] * len(moments) for name, value in alike.items()}
    columns[ID] = [row_id(item.address, at_ms, encoded.frame.digest) for at_ms in times]
    columns["at_ms"] = times
    vectors = [moment.vector.astype(np.float16) for moment in moments]
    values = pa.array(np.concatenate(vectors) if vectors else np.empty(0, np.float16))
    columns[EMBEDDING] = pa.FixedSizeListArray.from_arrays(values, description.dim)
    schema = schema_of(description)
    arrays = [_array(columns[field.name], field) for field in schema]
    return pa.record_batch(arrays, schema=schema)


def _alike(source: str, shard_name: str | None, item: Item, encoded: EncodedFile) -> dict[str, Any]:
    """Return the columns in which all rows of a file say the same."""
    frame = encoded.frame
    taken = {name: getattr(frame.metadata, name) for name in METADATA_COLUMNS}
    return {
        **{name: to_column(value) if isinstance(value, str) else value for name, value in taken.items()},
        "source": to_column(source),
        "shard": to_column(shard_name),
        "address": to_column(item.address),
        "signature": to_column(item.signature),
        "content_hash": frame.digest,
        "perceptual_hash": frame.perceptual_hash,
        "size": frame.file.size,
        "width": frame.width,
        "height": frame.height,
        "format": frame.format,
        "caption": to_column(item.caption),
        "extra": json_column(item.extra),
        "note": to_column(frame.note),
        "indexed_at": now(),
    }


def _array(column: Any, field: pa.Field) -> pa.Array:
    import pyarrow as pa

    return column if isinstance(column, pa.Array) else pa.array(column, field.type)
