"""Pictures in the rows of a table, in Parquet or Arrow: their bytes, or where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from indexer.errors import ClipsearchError, SourceError
from indexer.paths import readable
from indexer.remote_files.ahead import ahead
from indexer.remote_files.sentences import sentence_if_known
from indexer.remote_files.spooling import spool_folder
from indexer.sources.image_columns import Columns, columns_of
from indexer.sources.item import Item, Unread
from indexer.sources.names import base_name, row_address
from indexer.sources.record_fields import said_of
from indexer.sources.references import Fetched, Unfetched, fetch, named_as_picture, place_of
from indexer.sources.whole_files import WholeFile

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 256  # rows
BATCH_BYTES = 32 * 1024 * 1024
GUESSED = 4 * 1024 * 1024  # bytes of a picture that is still to be fetched


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table, or all."""

    file: WholeFile
    column: str | None = None  # that was chosen
    start: int = 0
    stop: int | None = None  # None: to the end
    is_parquet: bool = True
    split: str | None = None  # of a data set that has several
    only: frozenset[str] | None = None  # addresses

    def part(self, addresses: frozenset[str]) -> Rows:
        """Return them giving nothing but the pictures at these addresses."""
        return replace(self, only=addresses)

    @property
    def name(self) -> str:
        """The address of the file, with its rows if they are not all."""
        column = "" if self.column is None else f"#column={self.column}"
        return self.file.address + column + ("" if self.stop is None else f"#rows={self.start}-{self.stop - 1}")

    @property
    def signature(self) -> str:
        """The state in which the file was found."""
        return self.file.signature

    @property
    def is_sealed(self) -> bool:
        """It is of one file."""
        return True

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Read the rows; raises SourceError for a file that is damaged or has no column of pictures."""
        shown = readable(self.file.address)
        with spool_folder(spool) as folder, self.file.opened() as file, saying_damaged(shown, self.is_parquet):
            rows = self._rows(file, shown)
            yield from ahead(rows, partial(self._item, folder=folder), weight)

    def _rows(self, file: BinaryIO, shown: str) -> Iterator[_Row]:
        batches = parquet_batches if self.is_parquet else arrow_batches
        number = self.start
        for columns, batch in batches(file, shown, self.column, self.start, self.stop):
            for record in batch.to_pylist():
                if self.only is None or self._address_of(number) in self.only:
                    yield _Row(number, columns, record)
                number += 1

    def _item(self, row: _Row, folder: Path) -> Item | Unread:
        address = self._address_of(row.number)
        try:
            fetched = picture_of(row.columns, row.record, self.file.url, folder)
        except Unfetched as error:
            return Unread(address, self.signature, str(error), error.lasting)
        caption, extra = said_of(row.said(), frozenset())
        if self.split is not None:
            extra.setdefault("split", self.split)
        name = fetched.name or f"row-{row.number}{_suffix(row.columns.image)}"
        return Item(address, readable(name), fetched.content, self.signature, caption, extra)

    def _address_of(self, number: int) -> str:
        return row_address(self.file.address, number, self.column)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    columns: Columns
    record: dict[str, Any]

    def said(self) -> dict[str, Any]:
        """Return what the row says of its picture: classes by their names, and a reference as it stands."""
        said = {name: self._named(name, self.record.get(name)) for name in self.columns.others}
        if self.columns.kind == "text":
            said[self.columns.image] = self.record[self.columns.image]
        return said

    def _named(self, column: str, value: object) -> object:
        names = self.columns.labels.get(column, ())
        return names[value] if isinstance(value, int) and 0 <= value < len(names) else value


def weight(row: _Row) -> int:
    """Return how many bytes a row holds, or will hold when its picture is fetched."""
    value = row.record[row.columns.image]
    value = value.get("bytes") if isinstance(value, dict) else value
    return len(value) if isinstance(value, bytes) else GUESSED


def picture_of(columns: Columns, record: dict[str, Any], holder: str, folder: Path) -> Fetched:
    """Return the picture of a row, with its name if it has one that tells what it is; raises Unfetched."""
    value = record[columns.image]
    reference = value.get("path") if isinstance(value, dict) else value if isinstance(value, str) else None
    content = value.get("bytes") if isinstance(value, dict) else value if isinstance(value, bytes) else None
    if content is not None:
        return Fetched(named_as_picture(base_name(reference or "")), content)
    if not isinstance(reference, str):
        raise Unfetched("the row has no picture", lasting=True)
    return fetch(place_of(reference, holder), folder)


def parquet_batches(
    file: BinaryIO, shown: str, column: str | None, start: int = 0, stop: int | None = None, alone: bool = False
) -> Iterator[tuple[Columns, pa.RecordBatch]]:
    """Yield rows of a Parquet file in small batches, of the columns that are read, or of that of pictures alone."""
    import pyarrow.parquet as pq

    opened = pq.ParquetFile(file, buffer_size=1024 * 1024, pre_buffer=False, page_checksum_verification=True)
    columns = _read(columns_of(opened.schema_arrow, shown, column), alone)
    stop = opened.metadata.num_rows if stop is None else stop
    groups: list[int] = []
    before = skipped = 0
    for number in range(opened.metadata.num_row_groups):
        rows = opened.metadata.row_group(number).num_rows
        if before + rows > start and before < stop:
            skipped = skipped if groups else start - before
            groups.append(number)
        before += rows
    size = rows_at_once(opened.metadata, groups)
    read = opened.iter_batches(size, groups, columns=[columns.image, *columns.others]) if groups else iter(())
    yield from ((columns, batch) for batch in cut(read, max(skipped, 0), stop - start))


def _read(columns: Columns, alone: bool) -> Columns:
    return replace(columns, others=()) if alone else columns


def rows_at_once(metadata: Any, groups: list[int]) -> int:
    """Return how many rows are held at once: fewer if they are large."""
    size = sum(int(metadata.row_group(group).total_byte_size) for group in groups)
    rows = sum(int(metadata.row_group(group).num_rows) for group in groups)
    return max(1, min(BATCH, BATCH_BYTES * rows // max(size, 1)))


def cut(batches: Iterator[pa.RecordBatch], skipped: int, count: int) -> Iterator[pa.RecordBatch]:
    """Yield batches without some rows at their start, and no more than a number of rows."""
    for batch in batches:
        if skipped >= len(batch):
            skipped -= len(batch)
            continue
        part = batch.slice(skipped, count)
        skipped = 0
        count -= len(part)
        yield part
        if count <= 0:
            return


def arrow_batches(
    file: BinaryIO, shown: str, column: str | None, start: int = 0, stop: int | None = None, alone: bool = False
) -> Iterator[tuple[Columns, pa.RecordBatch]]:
    """Yield rows of an Arrow file in small batches: of a stream, as `datasets` writes them, or with an index."""
    import pyarrow as pa

    is_indexed = file.read(6) == b"ARROW1"
    file.seek(0)
    opened = pa.ipc.open_file(file) if is_indexed else pa.ipc.open_stream(file)
    columns = _read(columns_of(opened.schema, shown, column), alone)
    kept = [columns.image, *columns.others]
    whole = (opened.get_batch(number) for number in range(opened.num_record_batches)) if is_indexed else opened
    small = (batch.slice(at, 16) for batch in whole for at in range(0, len(batch), 16))
    for batch in cut(small, start, (1 << 62) if stop is None else stop - start):
        yield columns, batch.select(kept)


@contextmanager
def saying_damaged(shown: str, is_parquet: bool) -> Iterator[None]:
    """Raise SourceError for a file that is damaged, or none of its kind."""
    try:
        yield
    except (ClipsearchError, GeneratorExit):
        raise
    except Exception as error:
        kind = "Parquet" if is_parquet else "Arrow"
        known = sentence_if_known(error, shown)
        if known is None and "crypt" in str(error):  # it is encrypted, of which pyarrow has no class of its own
            known = f"{shown} is encrypted; write it without that, or index what it was made from."
        raise SourceError(known or f"{shown} is damaged or no {kind} file; make or copy it again.") from error


def _suffix(column: str) -> str:
    return f".{column.lower()}" if named_as_picture(f"x.{column.lower()}") else ""
