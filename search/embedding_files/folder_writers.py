"""Folders of embeddings as other programs lay them out: clip-retrieval's, and img2dataset's.

clip-retrieval (clip_inference/writer.py) writes img_emb/img_emb_0.npy and metadata/metadata_0.parquet, a million rows
each, the numbers padded with zeros if there are ten parts or more; what reads them (embedding_reader) pairs the files
in the order of their names. img2dataset (downloader.py) writes 00000.parquet and so on, 10,000 rows each, whose keys
are the number of the file and that of the row in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from indexer.addresses import is_url
from indexer.data_sets.columns import EMBEDDING
from search.embedding_files.exported_columns import PATH
from search.embedding_files.npy_files import NpyPart
from search.embedding_files.parquet_files import ParquetFile

if TYPE_CHECKING:
    import pyarrow as pa

PART_ROWS = 1_000_000  # of clip-retrieval
SHARD_ROWS = 10_000  # of img2dataset
SHARD_DIGITS = 5


class _Part(Protocol):
    """A part of a folder that is being written."""

    def __enter__(self) -> Any: ...
    def __exit__(self, *raised: object) -> None: ...
    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""


class ClipRetrievalFolder:
    """Writes a folder that `clip-retrieval index` and autofaiss read."""

    is_folder = True
    part_rows = PART_ROWS

    def __init__(self, rows: int) -> None:
        """Take how many rows there will be, which says how many digits the numbers of the parts have."""
        self._digits = int(math.log10(max(1, math.ceil(rows / self.part_rows)))) + 1

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the folder."""
        return [target]

    def owns(self, name: str) -> bool:
        """Return whether a file is one of its parts."""
        return bool(re.fullmatch(r"(img_emb/img_emb|text_emb/text_emb)_\d+\.npy|metadata/metadata_\d+\.parquet", name))

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        folder = parts[0]
        for name in ("img_emb", "metadata"):
            (folder / name).mkdir(parents=True)
        named = _with_address(schema, "image_path")

        def begin(part: int) -> NpyPart:
            number = f"{part:0{self._digits}}"
            npy, facts = f"img_emb/img_emb_{number}.npy", f"metadata/metadata_{number}.parquet"
            return NpyPart(folder / npy, folder / facts, named)

        renamed = (_named(batch, named) for batch in batches)
        _write_parts(renamed, named, self.part_rows, begin)


class Img2DatasetFolder:
    """Writes shards of Parquet with the columns that img2dataset's have, and the embeddings."""

    is_folder = True
    part_rows = SHARD_ROWS

    def __init__(self, rows: int) -> None:
        """Take how many rows there will be."""

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the folder."""
        return [target]

    def owns(self, name: str) -> bool:
        """Return whether a file is one of its shards."""
        return re.fullmatch(r"\d{5,}\.parquet", name) is not None

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        folder = parts[0]
        folder.mkdir()
        named = _shard_schema(schema)
        _write_parts(
            _shard_rows(batches, named, self.part_rows),
            named,
            self.part_rows,
            lambda part: ParquetFile(folder / f"{part:0{SHARD_DIGITS}}.parquet", named),
        )


def in_parts(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield batches with the number of the part that each belongs to, cut where a part of so many rows is full."""
    part, room = 0, rows
    for batch in batches:
        while batch.num_rows > room:
            if room:
                yield part, batch.slice(0, room)
            batch, part, room = batch.slice(room), part + 1, rows
        if batch.num_rows:
            yield part, batch
        room -= batch.num_rows


def _write_parts(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, rows: int, begin: Callable[[int], _Part]
) -> None:
    """Write batches to parts of so many rows; without any there is one empty part."""
    with ExitStack() as stack:
        current, file = 0, stack.enter_context(begin(0))
        for part, batch in in_parts(batches, rows):
            if part != current:
                stack.pop_all().close()
                current, file = part, stack.enter_context(begin(part))
            file.write(batch)


def _with_address(schema: pa.Schema, name: str) -> pa.Schema:
    """Return a schema whose path is called otherwise, followed by the column url."""
    import pyarrow as pa

    place = schema.get_field_index(PATH)
    fields = [*schema]
    fields[place : place + 1] = [pa.field(name, pa.string()), pa.field("url", pa.string())]
    return pa.schema(fields, metadata=schema.metadata)


def _named(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows with image_path, and url where that is one."""
    import pyarrow as pa

    paths = batch[PATH]
    urls = pa.array([path if path and is_url(path) else None for path in paths.to_pylist()], pa.string())
    arrays = {**{name: batch[name] for name in batch.schema.names}, "image_path": paths, "url": urls}
    return pa.record_batch([arrays[name] for name in schema.names], schema=schema)


def _shard_schema(schema: pa.Schema) -> pa.Schema:
    """Return the columns of img2dataset in its order, then ours that it has not, and the embeddings."""
    import pyarrow as pa

    text, number = pa.string(), pa.int32()
    theirs = [("url", text), ("caption", text), ("key", text), ("status", text), ("error_message", text)]
    theirs += [("width", number), ("height", number), ("original_width", number), ("original_height", number)]
    taken = {PATH, EMBEDDING, *(name for name, _ in theirs)}
    ours = [field for field in schema if field.name not in taken]
    return pa.schema([*theirs, *ours, schema.field(EMBEDDING)], metadata=schema.metadata)


def _shard_rows(batches: Iterator[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield rows as img2dataset has them, with keys."""
    import pyarrow as pa

    digits, done = SHARD_DIGITS + math.ceil(math.log10(rows)), 0
    for batch in batches:
        count = batch.num_rows
        arrays = {name: batch[name] for name in batch.schema.names}
        arrays |= {"url": batch[PATH], "original_width": batch["width"], "original_height": batch["height"]}
        arrays["key"] = pa.array([_key(row, rows, digits) for row in range(done, done + count)])
        arrays["status"] = pa.array(["success"] * count)
        arrays["error_message"] = pa.nulls(count, pa.string())
        yield pa.record_batch([arrays[name] for name in schema.names], schema=schema)
        done += count


def _key(row: int, rows: int, digits: int) -> str:
    """Return the key of a row: the number of its shard, then that in it."""
    shard, place = divmod(row, rows)
    return f"{shard * 10 ** math.ceil(math.log10(rows)) + place:0{digits}}"
