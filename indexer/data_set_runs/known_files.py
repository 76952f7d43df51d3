"""Which files that stand for themselves a data-set library has, in 21 bytes for each: hashes, no names.

So a library of a hundred million needs 2 GB while it is brought up to date. Two files are mixed up only if 128 bits are
the same by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from indexer.data_sets.texts import from_column, to_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.data_sets.pictures_table import PicturesTable

LISTED = "shard IS NULL"  # rows of files that stand for themselves
State = Literal["known", "changed", "new"]


class KnownFiles:
    """The encoded files of a library, and which of them a run has seen."""

    def __init__(self, table: PicturesTable | None) -> None:
        """Read them all; of no table there are none."""
        import numpy as np

        self._sources: dict[str, int] = {}
        blocks = [] if table is None else list(self._blocks(table))
        empty = np.empty((0, 3), np.uint64)
        rows = np.unique(np.concatenate([*blocks, empty]), axis=0)  # moments of a video are one file
        self._addresses = np.ascontiguousarray(rows[:, 0])
        self._signatures = np.ascontiguousarray(rows[:, 1])
        self._of_source = rows[:, 2].astype(np.uint32)
        self._seen = np.zeros(len(rows), bool)

    def state_of(self, address: str, signature: str) -> State:
        """Return what is known of a file in this state, which has been seen now."""
        key, state = hash_of(address), hash_of(signature)
        start = int(self._addresses.searchsorted(key))
        found: State = "new"
        while start < len(self._addresses) and int(self._addresses[start]) == key:
            is_same = int(self._signatures[start]) == state
            self._seen[start] = is_same or self._seen[start]
            found = "known" if is_same or found == "known" else "changed"
            start += 1
        return found

    def any_state_of(self, address: str) -> State:
        """Return what is known of a file that has been seen now in whatever state; none is known as its own."""
        key = hash_of(address)
        start, end = (int(self._addresses.searchsorted(key, side)) for side in ("left", "right"))
        self._seen[start:end] = True
        return "changed" if end > start else "new"

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return how many files of each source there were, and how many of them were not seen as they are known."""
        import numpy as np

        every = np.bincount(self._of_source, minlength=len(self._sources)).tolist()
        unseen = np.bincount(self._of_source[~self._seen], minlength=len(self._sources)).tolist()
        return {source: (every[number], unseen[number]) for source, number in self._sources.items()}

    def is_unseen(self, address: str, signature: str) -> bool:
        """Return whether a file was known in this state and not seen so; what was committed since is not meant."""
        key, state = hash_of(address), hash_of(signature)
        start = int(self._addresses.searchsorted(key))
        while start < len(self._addresses) and int(self._addresses[start]) == key:
            if int(self._signatures[start]) == state:
                return not self._seen[start]
            start += 1
        return False

    def is_there(self, address: str) -> bool:
        """Return whether a known file was seen, in whatever state."""
        key = hash_of(address)
        start, end = (int(self._addresses.searchsorted(key, side)) for side in ("left", "right"))
        return bool(self._seen[start:end].any())

    def _blocks(self, table: PicturesTable) -> Iterator[NDArray[np.uint64]]:
        """Yield rows (address, signature, source) as numbers."""
        import numpy as np

        for batch in table.scan(["address", "signature", "source"], LISTED):
            columns = [_hashes(batch["address"]), _hashes(batch["signature"]), _numbers(batch["source"], self._number)]
            yield np.array(columns, np.uint64).T

    def _number(self, source: str | None) -> int:
        return self._sources.setdefault(source or "", len(self._sources))


def hash_of(text: str) -> int:
    """Return a text as 64 bits."""
    return _hash(to_column(text))


def _hash(text: str | None) -> int:
    import xxhash

    return xxhash.xxh3_64_intdigest((text or "").encode())


def _hashes(column: pa.Array) -> list[int]:
    return [_hash(text) for text in column.to_pylist()]


def _numbers(column: pa.Array, number: Callable[[str | None], int]) -> list[int]:
    return [number(from_column(text)) for text in column.to_pylist()]
