"""The table of what a data-set library has read as a whole: tar and Parquet files that need not be read again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from indexer.addresses import SHARDS
from indexer.data_sets.columns import KEY
from indexer.data_sets.keyed_table import KeyedTable, equals
from indexer.data_sets.texts import from_column, to_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class DoneShard:
    """A sealed shard whose pictures are in the library, or among its failures."""

    name: str  # its address
    signature: str
    source: str  # the address of its source
    pictures: int  # files, however many moments they have
    rows: int
    committed_at: str  # ISO 8601, UTC


class ShardsTable:
    """The sealed shards of a library, by name."""

    def __init__(self, address: str) -> None:
        """Take the library's address; raises LibraryError."""
        self._table = KeyedTable(address, SHARDS, _schema())

    def put(self, shards: Iterable[DoneShard]) -> None:
        """Store that shards are done, in place of what was known of them, all or none."""
        records = [asdict(shard) for shard in shards]
        self._table.put([{**record, **{name: to_column(record[name]) for name in _TEXTS}} for record in records])

    def forget(self, names: Iterable[str]) -> None:
        """Remove shards by name, as far as they are known."""
        self._table.forget([to_column(name) for name in names])

    def all(self, source: str | None = None) -> Iterator[DoneShard]:
        """Yield the shards that are done, or those of one source, in no special order."""
        where = None if source is None else equals("source", to_column(source))
        for record in self._table.records(where=where):
            yield DoneShard(**{**record, **{name: from_column(record[name]) for name in _TEXTS}})

    def signatures(self, source: str | None = None) -> dict[str, str]:
        """Return the signatures of the shards that are done, or of those of one source, by name."""
        return {shard.name: shard.signature for shard in self.all(source)}


_TEXTS = ("name", "signature", "source")


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            pa.field("name", text, nullable=False, metadata=KEY),
            pa.field("signature", text),
            pa.field("source", text),
            pa.field("pictures", pa.int64()),
            pa.field("rows", pa.int64()),
            pa.field("committed_at", text),
        ]
    )
