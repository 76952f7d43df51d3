"""Sources for tests: pictures of one colour that are made in memory, as files or in sealed shards."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from indexer.errors import SourceError
from indexer.sources.item import Item, Known, LostShard, Unread

BAD = b"no picture"


def png(colour: str, note: str = "") -> bytes:
    """Return a picture's bytes; a note makes them others."""
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = note or colour
    Image.new("RGB", (16, 12), colour).save(held, "PNG", exif=exif)
    return held.getvalue()


@dataclass(frozen=True)
class MadeShard:
    """Pictures by name; one whose content is an exception breaks off there."""

    name: str
    signature: str
    is_sealed: bool
    pictures: Mapping[str, bytes | Exception]
    beside: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    only: frozenset[str] | None = None

    def part(self, addresses: frozenset[str]) -> MadeShard:
        """Return it giving nothing but these."""
        return replace(self, only=addresses)

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Yield them."""
        for name, content in self.pictures.items():
            if isinstance(content, SourceError):
                raise content
            address = f"{self.name}/{name}" if self.is_sealed else name
            if self.only is not None and address not in self.only:
                continue
            if isinstance(content, Exception):
                yield Unread(address, signature_of(b""), str(content), lasting=False)
                continue
            yield Item(address, name.split("/")[-1], content, signature_of(content), beside=self.beside.get(name, {}))


def signature_of(content: bytes) -> str:
    """Return what shows whether a file has changed."""
    import xxhash

    return xxhash.xxh3_64_hexdigest(content)


@dataclass
class MadeFiles:
    """Files that stand for themselves, some in a shard."""

    files: dict[str, bytes | Exception]
    address: str = "made://files"
    per_shard: int = 3
    ends: SourceError | None = None  # what the listing ends with
    kept: tuple[str, ...] = ()

    def shards(self, known: Known) -> Iterator[MadeShard]:
        """Yield those that are not known."""
        for one in self.kept:
            known.keep(one)
        new = {
            name: content
            for name, content in self.files.items()
            if not known.has_file(name, signature_of(content if isinstance(content, bytes) else b""))
        }
        names = list(new)
        for start in range(0, len(names), self.per_shard):
            part = {name: new[name] for name in names[start : start + self.per_shard]}
            yield MadeShard(f"{self.address}#{start}", "", False, part)
        if self.ends is not None:
            raise self.ends


@dataclass
class MadeShards:
    """Sealed shards, by name, of which each has a signature and pictures."""

    shards_of: dict[str, tuple[str, Mapping[str, bytes | Exception]]]
    address: str = "made://shards"
    lost: tuple[LostShard, ...] = ()

    def shards(self, known: Known) -> Iterator[MadeShard | LostShard]:
        """Yield those that are not known."""
        yield from self.lost
        for name, (signature, pictures) in self.shards_of.items():
            if not known.has_shard(name, signature):
                yield MadeShard(name, signature, True, pictures)
