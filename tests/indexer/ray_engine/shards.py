"""Shards of tiny pictures, and what may befall those who work on them; they are pickled and read on nodes."""

from __future__ import annotations

import io
import os
import resource
import signal
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from indexer.arrays import FloatArray
from indexer.errors import SourceError
from indexer.models.preprocess import Pixels
from indexer.sources.item import Item, Unread
from tests.fakes import ColourEncoder
from tests.ray_clusters import wait_for


def once(marker: Path) -> bool:
    """Return whether nobody has asked for this marker before, on any node."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def png(number: int, size: tuple[int, int] = (8, 6)) -> bytes:
    """Return a picture in a colour that its number gives."""
    output = io.BytesIO()
    Image.new("RGB", size, (number % 251, number // 251 % 251, number * 7 % 251)).save(output, "PNG")
    return output.getvalue()


def write_tar(path: Path, files: dict[str, bytes]) -> Path:
    """Write a tar."""
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@dataclass(frozen=True)
class Made:
    """A shard of so many pictures, made while it is read."""

    number: int
    pictures: int
    is_sealed: bool = True
    breaks_off: bool = False
    killed: Path | None = None  # the process that reads it, in the middle, once
    waits_for: Path | None = None  # a file, before its last picture

    @property
    def name(self) -> str:
        return f"made-{self.number}"

    signature = "as made"

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        for number in range(self.pictures):
            if number == self.pictures // 2 and self.killed is not None and once(self.killed):
                os.kill(os.getpid(), signal.SIGKILL)
            if number == self.pictures - 1 and self.waits_for is not None:
                wait_for(self.waits_for.exists)
            name = f"{number:03}.png"
            yield Item(f"{self.name}/{name}", name, png(1000 * self.number + number), "as made")
        if self.breaks_off:
            raise SourceError(f"{self.name} breaks off.")


class Mortal(ColourEncoder):
    """Is killed on its second batch, once, and runs out of memory on another node's, once."""

    def __init__(self, markers: Path) -> None:
        super().__init__()
        self._markers = markers
        self._batches = 0

    def encode_images(self, batch: Pixels) -> FloatArray:
        self._batches += 1
        if self._batches == 2 and once(self._markers / "killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._batches == 3 and once(self._markers / "out of memory"):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            used = pages * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + 16 * 1024**2, resource.RLIM_INFINITY))
            self._is_full = True
        if getattr(self, "_is_full", False):
            bytearray(1024**3)
        return super().encode_images(batch)
