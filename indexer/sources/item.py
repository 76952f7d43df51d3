"""What a source hands out: pictures as bytes, in shards that are read, encoded and committed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from indexer.errors import SourceError


@dataclass(frozen=True, slots=True)
class Item:
    """A picture or video as a source hands it out: still encoded, as it is in its file."""

    address: str  # by which the library knows it, and by which it can be read again: a path, a URL, a chained URL
    name: str  # of a file, with its suffix, by which some formats are known
    content: bytes | Path  # what is in it, or a local file that holds that
    signature: str  # shows whether it has changed: of a file its size and time stamp or ETag
    caption: str | None = None  # what a data set says that it shows
    extra: Mapping[str, object] = field(default_factory=dict)  # what else a data set says of it: what JSON can hold
    beside: Mapping[str, bytes] = field(default_factory=dict)  # sidecars, by their suffixes: {".xmp": …}


@dataclass(frozen=True, slots=True)
class Unread:
    """A picture that a source could not hand out, and why."""

    address: str
    signature: str
    reason: str
    lasting: bool = True  # it is bad itself; else another try may succeed


class Shard(Protocol):
    """Pictures that are read, encoded and committed together. It can be pickled, to be read on another machine."""

    @property
    def name(self) -> str:
        """What the library calls it: for a tar or Parquet file its address."""

    @property
    def signature(self) -> str:
        """What shows whether it has changed."""

    @property
    def is_sealed(self) -> bool:
        """Whether it is one file, which is read again as a whole if it has changed, and not at all else."""

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Read it; each picture is given once. Raises SourceError if it can't be read at all or breaks off.

        What is too large for the memory is put into files in the folder `spool`, which whoever names it empties;
        without one, into files that are gone when the iterator ends.
        """


@runtime_checkable
class Divisible(Protocol):
    """A sealed shard of which some pictures can be read alone."""

    @property
    def only(self) -> frozenset[str] | None:
        """The addresses of the pictures that it gives; None if it gives all."""

    def part(self, addresses: frozenset[str]) -> Shard:
        """Return the same shard giving nothing but the pictures at these addresses."""


@dataclass(frozen=True, slots=True)
class LostShard:
    """A file with pictures in it, one of several of its source, that can't be read: the others go on."""

    name: str
    reason: str  # a sentence
    is_gone: bool = False  # there is no such file; else what is known of it stays

    @property
    def signature(self) -> str:
        """None: each run looks again."""
        return ""

    @property
    def is_sealed(self) -> bool:
        """It is of one file."""
        return True

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Raise SourceError with the reason."""
        raise SourceError(self.reason)


class Known(Protocol):
    """What a library has of a source already. A source asks it of everything that it finds."""

    def has_file(self, address: str, signature: str) -> bool:
        """Return whether a picture is known in this state, as encoded or as failed; it now counts as still there.

        A state that can't be told without reading it is "", and never known.
        """

    def has_shard(self, name: str, signature: str) -> bool:
        """Return whether a sealed shard is known in this state; it now counts as still there."""

    def keep(self, address: str) -> None:
        """Count all that is known at or below an address as still there: it can't be looked at now, or is away."""


class Source(Protocol):
    """Pictures in one place, as a person names it."""

    @property
    def address(self) -> str:
        """What it was named, made absolute: the library keeps it."""

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield the shards of what is not known, listing as it goes.

        Raises SourceError, with one sentence, if the place is not there, can't be read or listed to its end.
        """
