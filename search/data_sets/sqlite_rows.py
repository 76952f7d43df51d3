"""The pictures of a local library as rows of a data set (indexer/data_sets/columns.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING, ID, schema_of
from indexer.data_sets.description import Description
from indexer.data_sets.texts import to_column
from indexer.files.formats import VIDEO_FORMATS
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.soundness import is_count, is_name, is_number, unit_vectors
from search.data_sets.checked import checked_columns
from search.filters.passing import ids_where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from indexer.arrays import Ids
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

_SAME = (  # columns that are called and mean the same
    *("content_hash", "perceptual_hash", "size", "width", "height", "format", "note", "indexed_at"),
    *("taken_at", "taken_ms", "taken_from", "camera_make", "camera_model", "lens", "latitude", "longitude"),
    "orientation",
)
_READ = ("i.id", "i.root", "i.path", "i.path_bytes", "i.at_ms", "i.mtime_ns", *(f"i.{name}" for name in _SAME))


def embedded_ids(store: Store, model: StoredModel) -> Ids:
    """Return the ids of all pictures with an embedding, ascending."""
    return ids_where(store, "EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)", [model.id])


def rows_of_images(
    store: Store, model: StoredModel, ids: Ids, columns: Sequence[str] | None, rows: int
) -> Iterator[pa.RecordBatch]:
    """Yield columns, or all, of pictures, at most so many at once; those that are damaged or gone are left out."""
    import pyarrow as pa

    schema = schema_of(Description.of(model))
    wanted = checked_columns(columns, Description.of(model))
    chosen = pa.schema([schema.field(name) for name in wanted], metadata=schema.metadata)
    folders = root_paths(store)
    with_vectors = EMBEDDING in wanted
    for start in range(0, len(ids), rows):
        found = _read(store, model, ids[start : start + rows], with_vectors)
        known = _columns(found, folders, model.dim, with_vectors)
        if known[ID]:
            yield pa.record_batch([_array(known[field.name], field) for field in chosen], schema=chosen)


def _read(store: Store, model: StoredModel, ids: Ids, with_vectors: bool) -> list[dict[str, Any]]:
    """Return the rows of images, in the order of their ids."""
    names = [name.partition(".")[2] for name in _READ] + ["vector"]
    select = (
        f"SELECT {', '.join(_READ)}, {'e.vector' if with_vectors else 'NULL'} FROM images i"
        " JOIN embeddings e ON e.image = i.id AND e.model = ? WHERE i.id IN ({marks})"
    )
    found = [dict(zip(names, row, strict=True)) for row in store.db.rows_in(select, map(int, ids), model.id)]
    return sorted(found, key=lambda row: int(row["id"]))


def _columns(found: list[dict[str, Any]], folders: dict[int, Path], dim: int, with_vectors: bool) -> dict[str, Any]:
    """Return what the rows say, by the columns of a data set."""
    import pyarrow as pa

    found = [row for row in found if row["root"] in folders and is_name(row["path"], row["path_bytes"])]
    vectors = None
    if with_vectors:
        vectors, sound = unit_vectors([row["vector"] for row in found], dim, "<f2")
        found = [row for row, is_sound in zip(found, sound, strict=True) if is_sound]
    columns: dict[str, Any] = {name: [row[name] for row in found] for name in _SAME}
    columns |= {name: [None] * len(found) for name in ("shard", "caption", "extra")}
    columns[ID] = [str(row["id"]) for row in found]
    columns["source"] = [to_column(str(folders[row["root"]])) for row in found]
    columns["address"] = [to_column(str(folders[row["root"]] / _name(row))) for row in found]
    columns["signature"] = [f"{row['size']}-{row['mtime_ns']}" for row in found]
    columns["at_ms"] = [row["at_ms"] if row["at_ms"] or row["format"] in VIDEO_FORMATS else None for row in found]
    if vectors is not None:
        columns[EMBEDDING] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype("<f2").ravel()), dim)
    return columns


def _name(row: dict[str, Any]) -> str:
    return from_columns(row["path"], row["path_bytes"])


def _array(column: Any, field: pa.Field) -> pa.Array:
    """Return a column as an array; SQLite holds any value in any column, and what makes no sense becomes null."""
    import pyarrow as pa

    if isinstance(column, pa.Array):
        return column
    try:
        return pa.array(column, field.type)
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        return pa.array([_sound(value, field.type) for value in column], field.type)


def _sound(value: Any, kind: pa.DataType) -> Any:
    """Return a value if it is of a type, else None."""
    import pyarrow as pa

    if pa.types.is_string(kind):
        return value if isinstance(value, str) else None
    if pa.types.is_floating(kind):
        return float(value) if is_number(value) else None
    if pa.types.is_integer(kind):
        return value if is_count(value) and abs(value) < 2 ** (kind.bit_width - 1) else None
    is_bytes = isinstance(value, bytes) and (not pa.types.is_fixed_size_binary(kind) or len(value) == kind.byte_width)
    return value if is_bytes else None
