"""Which pictures of a source a data-set library has already, as encoded or as failed, without keeping their names.

For each, 16 bytes are kept in memory, so that a source of a hundred million pictures needs 1.6 GB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.data_sets.failures_table import FailuresTable
from indexer.data_sets.keyed_table import equals
from indexer.data_sets.texts import to_column
from indexer.decoding.limits import is_allowed_now
from indexer.installation import is_there_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.data_sets.pictures_table import PicturesTable


def signature_hash(address: str, signature: str) -> bytes:
    """Return 16 bytes that stand for a picture in a state."""
    return _hash(to_column(address), to_column(signature))


def known_signatures(table: PicturesTable, source: str | None = None) -> NDArray[np.bytes_]:
    """Return the hashes (n,) "S16", ascending, of the pictures of a source, or of all, that need no other try.

    These are the encoded ones, and those that failed for good: not for want of an extra that is installed by now.
    """
    import numpy as np

    where = None if source is None else equals("source", to_column(source))
    parts = [
        np.frombuffer(b"".join(_hashes(batch)), dtype="S16")
        for batches in (table.scan(["address", "signature"], where), FailuresTable(table.address).batches(source))
        for batch in batches
    ]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, "S16")


def find(known: NDArray[np.bytes_], address: str, signature: str) -> int | None:
    """Return where a picture in a state is among known ones; None if it is not."""
    wanted = signature_hash(address, signature)
    place = int(known.searchsorted(wanted))
    # NumPy leaves out zeros at the end of bytes when it hands one out.
    return place if place < len(known) and bytes(known[place]).ljust(16, b"\0") == wanted else None


def _hashes(batch: pa.RecordBatch) -> Iterator[bytes]:
    """Yield the hash of each row that needs no other try."""
    addresses, signatures = batch["address"].to_pylist(), batch["signature"].to_pylist()
    if "reason" not in batch.schema.names:
        yield from map(_hash, addresses, signatures)
        return
    for address, signature, reason, lasting in zip(
        addresses, signatures, batch["reason"].to_pylist(), batch["lasting"].to_pylist(), strict=True
    ):
        if lasting and not is_there_now(reason) and not is_allowed_now(reason):
            yield _hash(address, signature)


def _hash(address: str, signature: str | None) -> bytes:
    import xxhash

    return xxhash.xxh3_128_digest(f"{address}\0{signature or ''}".encode())
