"""The table of sources that a data-set library was indexed from, and what was left out of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.addresses import SOURCES
from indexer.data_sets.columns import KEY
from indexer.data_sets.keyed_table import KeyedTable
from indexer.data_sets.texts import from_column, to_column
from indexer.files.ignore import ScanRules
from indexer.store.store import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source of a library."""

    address: str  # as it was named, made absolute
    rules: ScanRules
    indexed_at: str  # when a run last took it up, ISO 8601, UTC


class SourcesTable:
    """The sources of a library, by address."""

    def __init__(self, address: str) -> None:
        """Take the library's address; raises LibraryError."""
        self._table = KeyedTable(address, SOURCES, _schema())

    def all(self) -> list[KnownSource]:
        """Return the sources, sorted by address."""
        return sorted(map(_read, self._table.records()), key=lambda source: source.address)

    def remember(self, sources: Mapping[str, ScanRules]) -> None:
        """Store sources, by address, with their rules, in place of what was known of them, all or none."""
        self._table.put([_record(address, rules) for address, rules in sources.items()])

    def forget(self, addresses: Sequence[str]) -> None:
        """Remove sources, as far as they are known."""
        self._table.forget([to_column(address) for address in addresses])


def _record(address: str, rules: ScanRules) -> dict[str, object]:
    return {
        "address": to_column(address),
        "exclude": [to_column(pattern) for pattern in rules.exclude],
        "include_hidden": rules.include_hidden,
        "follow_links": rules.follow_links,
        "indexed_at": now(),
    }


def _read(record: dict[str, object]) -> KnownSource:
    patterns = record["exclude"] if isinstance(record["exclude"], list) else []
    exclude = tuple(from_column(pattern) for pattern in patterns)
    rules = ScanRules(exclude, bool(record["include_hidden"]), bool(record["follow_links"]))
    return KnownSource(from_column(str(record["address"])), rules, str(record["indexed_at"]))


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            pa.field("address", text, nullable=False, metadata=KEY),
            pa.field("exclude", pa.list_(text)),
            pa.field("include_hidden", pa.bool_()),
            pa.field("follow_links", pa.bool_()),
            pa.field("indexed_at", text),
        ]
    )
