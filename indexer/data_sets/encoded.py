"""What an engine makes of a shard: the rows of its pictures, and why others are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from indexer.sources.item import Shard, Unread


@dataclass(frozen=True, slots=True)
class EncodedShard:
    """A shard, encoded to its end."""

    shard: Shard
    source: str  # the address of its source
    batches: Sequence[pa.RecordBatch]  # of the schema of the library's table
    pictures: int  # files, however many moments they have
    unread: Sequence[Unread]
    is_whole: bool = True  # else it broke off, as the last of `unread` says; a sealed one then has nothing else


class Engine(Protocol):
    """Encodes shards, on this machine or on many."""

    def encode(self, shards: Iterator[tuple[str, Shard]], progress: Callable[[int], None]) -> Iterator[EncodedShard]:
        """Yield (source, shard) pairs encoded, each once and whole, in no special order; `progress` gets pictures done.

        One that can't be read to its end comes out with `is_whole` False. Raises EncoderFailed if the model fails.
        """
