"""Small pictures in the cache folder: each a file of its own, written whole, found by its name alone.

There is no list of them that could be wrong. A file ends with a hash of itself and its name, behind what a decoder
reads, so that a damaged one is known and made again. Its time stamp says when it was last used, to the hour; eviction
(shards.py) goes by that. Any number of processes may read, write and evict at once.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from indexer.files.foreign import Unfit, read_foreign
from indexer.files.whole import PART_PREFIX
from indexer.paths import cache_folder
from indexer.thumbnails.names import KEPT_SIDES, Thumb
from indexer.thumbnails.room import room
from indexer.thumbnails.shards import SHARDS, entries, make_room

FORMAT = "1"  # raise it when the same file would be made otherwise; older folders then stand idle
LARGEST = 4 * 2**20  # bytes of a file that is one of ours
SEAL = 8  # bytes
LOOK_PART = 1 / 16  # of a shard's room; when that was written, on average, it is seen whether some must go
USED_SECONDS = 3600.0  # how exactly the last use is known


@dataclass(frozen=True, slots=True)
class KeptThumbnails:
    """A folder of small pictures and the room that they may take; it can be sent to other processes."""

    folder: Path
    room: int  # bytes; 0 keeps none

    @classmethod
    def ours(cls) -> KeptThumbnails:
        """Return that of this user; raises InvalidRequest if its room makes no sense."""
        return cls(cache_folder() / "thumbnails" / FORMAT, room())

    def get(self, thumb: Thumb, side: int) -> bytes | None:
        """Return a picture as WebP, None if it is not there or not as it was written, and note its use."""
        path = self._path(thumb, side)
        try:
            content = read_foreign(path, LARGEST)
        except FileNotFoundError:
            return None
        except (OSError, Unfit):
            return None
        picture, seal = content[:-SEAL], content[-SEAL:]
        if not picture or seal != _seal(path.name, picture):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        _note_use(path)
        return picture

    def has(self, thumb: Thumb, side: int) -> bool:
        """Return whether there is a file of a picture; does not look into it."""
        return self.room > 0 and os.path.exists(self._path(thumb, side))

    def put(self, thumb: Thumb, side: int, picture: bytes) -> None:
        """Keep a picture, in place of what was least used if the room is full; raises OSError."""
        if not self.room or side not in KEPT_SIDES:
            return
        path = self._path(thumb, side)
        _write(path, picture + _seal(path.name, picture))
        shard_room = self.room // SHARDS
        if _chance() < len(picture) / (LOOK_PART * shard_room):  # so that no process has to count
            make_room(path.parent, shard_room, spared=path.name)

    def names(self) -> set[str]:
        """Return the names of all kept files."""
        return {entry.name for entry in entries(self.folder)}

    def taken(self) -> int:
        """Return how many bytes they take on the disk."""
        return sum(entry.bytes for entry in entries(self.folder))

    def _path(self, thumb: Thumb, side: int) -> Path:
        name = name_of(thumb, side)
        return self.folder / _mark(name)[:1].hex() / name


def name_of(thumb: Thumb, side: int) -> str:
    """Return the name of the file that a picture is kept in."""
    return f"{thumb}-{side}.webp"


def _mark(name: str) -> bytes:
    """Return bytes that are spread evenly over names: those of one video go to different folders, too."""
    import xxhash

    return xxhash.xxh3_64_digest(name.encode())


def _chance() -> float:
    """Return a random number from 0 to 1."""
    return int.from_bytes(os.urandom(2), "big") / 2**16


def _seal(name: str, picture: bytes) -> bytes:
    import xxhash

    return xxhash.xxh3_64_digest(name.encode() + b"\0" + picture)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole; nothing waits for the disk, as a file that a power cut damages is known by its seal."""
    part = path.with_name(f"{PART_PREFIX}{os.urandom(6).hex()}.part")
    try:
        try:
            part.write_bytes(content)
        except FileNotFoundError:
            _make_private(path.parent)
            part.write_bytes(content)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _make_private(folder: Path) -> None:
    """Make a folder; what is shown of a person's pictures is for no other user of the machine."""
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    for new in (folder.parent, folder):
        new.mkdir(mode=0o700, exist_ok=True)


def _note_use(path: Path) -> None:
    """Give a file the time of its use, unless it has about that already; in a read-only folder it stays."""
    with contextlib.suppress(OSError):
        if abs(time.time() - path.stat().st_mtime) > USED_SECONDS:  # also if a clock once was ahead
            os.utime(path)
