"""Which rows are of one picture: told apart by hashes, since there may be millions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING
from search.embedding_imports.findings import Findings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class Keys:
    """What tells rows apart, 24 bytes of each: a hash of the picture's address and moment, and one of its embedding."""

    def __init__(self) -> None:
        self._keys: list[NDArray[Any]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the keys of rows."""
        import numpy as np
        import xxhash

        vectors = np.ascontiguousarray(batch[EMBEDDING].flatten().to_numpy(zero_copy_only=False))
        vectors = vectors.reshape(batch.num_rows, -1)
        pairs = zip(batch["address"].to_pylist(), batch["at_ms"].to_pylist(), strict=True)
        keys = b"".join(
            xxhash.xxh3_128_digest(f"{address}\0{at_ms or 0}".encode()) + xxhash.xxh3_64_digest(vector.tobytes())
            for (address, at_ms), vector in zip(pairs, vectors, strict=True)
        )
        self._keys.append(np.frombuffer(keys, dtype=[("high", "<u8"), ("low", "<u8"), ("content", "<u8")]))

    def repeated(self, findings: Findings, address: Callable[[int], str]) -> NDArray[np.int64]:
        """Return the numbers of rows that say what an earlier one does, ascending; note those that say otherwise."""
        import numpy as np

        if not self._keys:
            return np.empty(0, np.int64)
        raw = np.concatenate(self._keys)
        high, low, contents = raw["high"], raw["low"], raw["content"]
        order = np.lexsort((low, high))  # which is stable
        same = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
        others = order[1:][same]
        first = order[np.maximum.accumulate(np.where(np.r_[True, ~same], np.arange(len(order)), 0))][1:][same]
        differ = others[contents[others] != contents[first]]
        if len(differ):
            findings.note("twice", address(int(differ.min())), len(differ))
        return np.sort(others)
