"""A small table of a data-set library beside that of pictures: records by a key, replaced and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.data_sets.lance_tables import create_table, delete_keys, open_table, upsert
from indexer.data_sets.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa


class KeyedTable:
    """Records by a key. The table is made when something is first put into it: a library may be one to read only."""

    def __init__(self, address: str, name: str, schema: pa.Schema) -> None:
        """Take the library's address, the table's name, and its columns, of which the first is the key."""
        self.address = address
        self._name = name
        self._schema = schema
        self._key = schema.names[0]
        self._dataset: Any = open_table(address, name)

    def put(self, records: Sequence[Mapping[str, object]]) -> None:
        """Add records, or replace those with the same key, all or none; of those with the same key the last counts."""
        import pyarrow as pa

        newest = {record[self._key]: record for record in records}
        if newest:
            rows = pa.Table.from_pylist(list(newest.values()), schema=self._schema)
            upsert(self.address, self._writable(), self._key, rows)

    def forget(self, keys: Sequence[str]) -> None:
        """Remove the records with these keys, as far as there are any."""
        if keys and self._fresh() is not None:
            delete_keys(self.address, self._dataset, self._key, sorted(set(keys)))

    def records(self, columns: Sequence[str] | None = None, where: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the records that are there now, or columns of them."""
        for batch in self.batches(columns, where):
            yield from batch.to_pylist()

    def batches(self, columns: Sequence[str] | None = None, where: str | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the records that are there now, or columns of them, a few thousand at once."""
        if self._fresh() is not None:
            wanted = None if columns is None else list(columns)
            with sentences(self.address):
                yield from self._dataset.to_batches(columns=wanted, filter=where, batch_size=8192)

    def count(self, where: str | None = None) -> int:
        """Return how many records there are now."""
        with sentences(self.address):
            return 0 if self._fresh() is None else int(self._dataset.count_rows(where))

    def _fresh(self) -> Any:
        """Return the table at its newest version; None if it is not there."""
        if self._dataset is None:
            self._dataset = open_table(self.address, self._name)
        else:
            with sentences(self.address):
                self._dataset.checkout_latest()
        return self._dataset

    def _writable(self) -> Any:
        if self._dataset is None:
            self._dataset = create_table(self.address, self._name, self._schema)
        return self._dataset


def equals(column: str, text: str) -> str:
    """Return the condition that a column holds a text, in Lance's SQL."""
    return f"{column} = '{text.replace(chr(39), chr(39) * 2)}'"
