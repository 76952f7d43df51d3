"""Pictures in Parquet files: in a column of their bytes, or by a column of addresses or paths.

A file is a shard; one of many rows is several, so that what is encoded together stays small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.files.ignore import ScanRules
from indexer.paths import readable
from indexer.sources.image_columns import columns_of
from indexer.sources.item import Known, Shard
from indexer.sources.table_rows import Rows, saying_damaged
from indexer.sources.whole_files import WholeFile, address_of, shards_of

SUFFIXES = (".parquet", ".pq", ".parq")
ROWS_PER_SHARD = 10_000


@dataclass(frozen=True, slots=True)
class ParquetImages:
    """The Parquet files of a name, pattern or folder."""

    url: str
    column: str | None = None
    rules: ScanRules = ScanRules()  # noqa: RUF009

    @property
    def address(self) -> str:
        """What names them, without secrets."""
        return address_of(self.url) + ("" if self.column is None else f"#column={self.column}")

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield the rows that are not known; raises SourceError if all files are damaged or have no pictures."""

        def make(file: WholeFile) -> Iterator[Shard]:
            if not known.has_shard(Rows(file, self.column).name, file.signature):
                yield from (rows for rows in self._rows(file) if rows.stop is None or not _is_known(known, rows))

        yield from shards_of(self.url, SUFFIXES, self.rules, make)

    def _rows(self, file: WholeFile) -> Iterator[Rows]:
        """Yield the rows of a file, in parts if there are many."""
        import pyarrow.parquet as pq

        shown = readable(file.address)
        with file.opened() as opened, saying_damaged(shown, is_parquet=True):
            table = pq.ParquetFile(opened)
            columns_of(table.schema_arrow, shown, self.column)
            count = int(table.metadata.num_rows)
        if count <= ROWS_PER_SHARD * 3 // 2:
            yield Rows(file, self.column)
            return
        for start in range(0, count, ROWS_PER_SHARD):
            yield Rows(file, self.column, start, min(start + ROWS_PER_SHARD, count))


def _is_known(known: Known, rows: Rows) -> bool:
    return known.has_shard(rows.name, rows.signature)
