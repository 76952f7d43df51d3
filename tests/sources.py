"""What tests of sources share: a library that knows what it is told to, pictures as bytes, tars, a bucket's objects."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
from PIL import Image

from indexer.sources.item import Item, Shard, Source, Unread
from indexer.sources.opening import open_source


@dataclass
class Remembered:
    """What a library has, of nothing at first."""

    files: dict[str, str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def has_file(self, address: str, signature: str) -> bool:
        self.asked.append(address)
        return self.files.get(address) == signature

    def has_shard(self, name: str, signature: str) -> bool:
        self.asked.append(name)
        return self.whole.get(name) == signature

    def keep(self, address: str) -> None:
        self.kept.append(address)

    def take(self, shards: Iterable[Shard]) -> list[Item | Unread]:
        """Read shards to their ends, and know them from then on."""
        taken: list[Item | Unread] = []
        for shard in shards:
            found = list(shard.items())
            if shard.is_sealed:
                self.whole[shard.name] = shard.signature
            self.files.update({item.address: item.signature for item in found})
            taken += found
        return taken


def read(text: str | Path | Source) -> list[Item | Unread]:
    """Return all that a source gives a new library."""
    source = open_source(str(text)) if isinstance(text, str | Path) else text
    return Remembered().take(source.shards(Remembered()))


def items(text: str | Path | Source) -> dict[str, Item]:
    """Return the items of a source by address; it must have nothing that can't be read."""
    found = read(text)
    unread = [item for item in found if isinstance(item, Unread)]
    assert not unread, unread
    named = {item.address: item for item in found if isinstance(item, Item)}
    assert len(named) == len(found), "an address was given twice"
    return named


def content(item: Item) -> bytes:
    """Return the bytes of an item."""
    return item.content if isinstance(item.content, bytes) else item.content.read_bytes()


def picture(number: int, suffix: str = "png") -> bytes:
    """Return a picture that no other number has."""
    file = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 99)
    Image.new("RGB", (8, 8), colour).save(file, {"jpg": "jpeg"}.get(suffix, suffix))
    return file.getvalue()


def make_tar(path: Path, members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], mode: str = "w") -> Path:
    """Write a tar with these members, in this order."""
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in members.items() if isinstance(members, Mapping) else members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def put(url: str, data: bytes) -> None:
    """Store an object."""
    fs, path = fsspec.url_to_fs(url)
    fs.pipe_file(path, data)
