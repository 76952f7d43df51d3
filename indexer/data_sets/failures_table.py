"""The table of pictures that a data-set library could not take in, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.addresses import FAILURES
from indexer.data_sets.columns import KEY
from indexer.data_sets.keyed_table import KeyedTable, equals
from indexer.data_sets.texts import from_column, to_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FailedPicture:
    """A picture that could not be read or decoded."""

    address: str
    signature: str
    source: str  # the address of its source
    shard: str | None  # of what was read as one file: its address
    reason: str
    lasting: bool  # it is bad itself; else another try may succeed
    failed_at: str  # ISO 8601, UTC


class FailuresTable:
    """The failures of a library, one for each address."""

    def __init__(self, address: str) -> None:
        """Take the library's address; raises LibraryError."""
        self._table = KeyedTable(address, FAILURES, _schema())

    def replace(self, failures: Iterable[FailedPicture]) -> None:
        """Store failures in place of those at the same addresses, all or none."""
        self._table.put([_record(failure) for failure in failures])

    def forget(self, addresses: Iterable[str]) -> None:
        """Remove the failures at addresses, as far as there are any."""
        self._table.forget([to_column(address) for address in addresses])

    def all(self, source: str | None = None) -> Iterator[FailedPicture]:
        """Yield the failures, or those of one source, in no special order."""
        for record in self._table.records(where=_of(source)):
            texts = {name: from_column(record[name]) for name in ("address", "signature", "source", "shard", "reason")}
            yield FailedPicture(**{**record, **texts})

    def batches(self, source: str | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the failures, or those of one source, as they are stored."""
        return self._table.batches(where=_of(source))

    def count(self, source: str | None = None) -> int:
        """Return how many failures there are, or how many of one source."""
        return self._table.count(_of(source))


def _of(source: str | None) -> str | None:
    return None if source is None else equals("source", to_column(source))


def _record(failure: FailedPicture) -> dict[str, object]:
    return {
        "address": to_column(failure.address),
        "signature": to_column(failure.signature),
        "source": to_column(failure.source),
        "shard": to_column(failure.shard),
        "reason": to_column(failure.reason),
        "lasting": failure.lasting,
        "failed_at": failure.failed_at,
    }


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            pa.field("address", text, nullable=False, metadata=KEY),
            pa.field("signature", text),
            pa.field("source", text),
            pa.field("shard", text),
            pa.field("reason", text),
            pa.field("lasting", pa.bool_()),
            pa.field("failed_at", text),
        ]
    )
