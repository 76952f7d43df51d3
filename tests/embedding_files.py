"""A data set with all that a library may know of pictures, exported and imported again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from indexer.arrays import FloatArray
from indexer.data_sets.columns import ID, row_id
from indexer.data_sets.description import Description
from indexer.data_sets.pictures_table import PicturesTable
from search.data_sets.contract import DataSet
from search.data_sets.lance_data_set import LanceDataSet
from search.embedding_imports.found import readers_of
from search.embedding_imports.imported_columns import Addresses
from search.embedding_imports.importing import Imported, import_embeddings
from search.embedding_imports.reading import ColumnNames
from search.embedding_imports.spooling import Wanted
from tests.data_sets import DESCRIPTION, DIM, rows_of, unit


def known_rows(count: int = 30) -> pa.RecordBatch:
    """Return rows with something in each column, among them the moments of a video and names in any spelling."""
    numbers = range(count)
    addresses = [f"{'s3://bucket' if number % 2 else '/photos'}/ä {number}.jpg" for number in numbers]
    times = [None if number % 3 else number * 1001 for number in numbers]
    hashes = [number.to_bytes(16, "big") for number in numbers]
    rows = rows_of(
        addresses,
        unit(count),
        source=["s3://bucket/"] * count,
        shard=[None] * count,
        signature=[f"{number}-etag" for number in numbers],
        content_hash=hashes,
        perceptual_hash=[bytes([number]) * 8 for number in numbers],
        at_ms=times,
        size=[1000 + number for number in numbers],
        width=[640] * count,
        height=[480] * count,
        format=["JPEG"] * count,
        taken_at=["2021-07-04T10:00:00"] * count,
        taken_ms=[5] * count,
        taken_from=["exif-original"] * count,
        camera_make=["Canon"] * count,
        camera_model=["EOS"] * count,
        lens=["50 mm"] * count,
        latitude=[48.85] * count,
        longitude=[2.35] * count,
        orientation=[1] * count,
        caption=["a cup"] * count,
        extra=['{"nsfw": 0.5}'] * count,
        note=[None] * count,
        indexed_at=["2026-01-01T00:00:00Z"] * count,
    )
    ids = [row_id(*key) for key in zip(addresses, times, hashes, strict=True)]
    return rows.set_column(0, rows.schema.field(ID), pa.array(ids))


def data_set(folder: Path, rows: pa.RecordBatch | None = None, description: Description = DESCRIPTION) -> LanceDataSet:
    """Return a data set in a folder, with rows if some are given."""
    table = PicturesTable.create(str(folder), description)
    if rows is not None:
        table.commit([rows])
    return LanceDataSet(table)


def everything(pictures: DataSet) -> list[dict[str, Any]]:
    """Return all rows of a data set by their ids."""
    table = pa.Table.from_batches(list(pictures.scan()))
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: str(row[ID]))


def import_into(
    folder: Path,
    *paths: Path,
    description: Description = DESCRIPTION,
    names: ColumnNames | None = None,
    root: str | None = None,
    normalize: bool = False,
) -> Imported:
    """Import files into the data set in a folder, made if needed."""
    names = names or ColumnNames()
    wanted = Wanted(description, Addresses(root), names, normalize)
    return import_embeddings(readers_of(paths, names), wanted, lambda: nullcontext(data_set(folder, None, description)))


def write_parquet(file: Path, vectors: Any, kind: Any = None, /, **columns: Sequence[Any]) -> Path:
    """Write a Parquet file as others do: embeddings as lists, and columns."""
    arrays = {name: pa.array(values) for name, values in columns.items()}
    listed = pa.array([list(map(float, row)) for row in vectors], kind or pa.list_(pa.float32()))
    pq.write_table(pa.table({**arrays, "embedding": listed}), file)
    return file


def paths(count: int) -> list[str]:
    """Return so many paths."""
    return [f"/data/{number}.jpg" for number in range(count)]


def half(count: int, dim: int = DIM, seed: int = 0) -> FloatArray:
    """Return unit vectors as fp16 holds them."""
    return np.asarray(unit(count, dim, seed).astype(np.float16), dtype=np.float32)
