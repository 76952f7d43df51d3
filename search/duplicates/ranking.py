"""What the store knows of files that may be duplicates, and in which order they are the best."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.decoding.perceptual_hash import BYTES
from indexer.files.content import is_unchanged
from indexer.files.formats import RAW_SUFFIXES, VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.soundness import READABLE, is_count, is_name
from indexer.store.store import Store

# What a camera wrote before what was made of it; formats that lose nothing before those that do. Bytes only compare
# within a format.
_FORMATS = (("HEIF",), ("PNG", "TIFF", "BMP"), ("JPEG", "MPO"))
_FORMAT = " ".join(f"WHEN format IN {names} THEN {rank}" for rank, names in enumerate(_FORMATS)).replace(",)", ")")
_RAWS = sorted(("RAW", *(suffix.lstrip(".").upper() for suffix in RAW_SUFFIXES)))
_IS_RAW = f"format IN ({', '.join(map(repr, _RAWS))})"
# The RAW file, the one with the most pixels, that kept its date, of the better format, that is the least compressed,
# the oldest, the shortest path.
BEST_FIRST = (
    f"{_IS_RAW} DESC, width * height DESC, taken_at IS NULL, CASE {_FORMAT} ELSE {len(_FORMATS)} END, size DESC,"
    " taken_at, length(path), path, id"
)
# The time of the camera's clock, to the second. A messenger's file name and the time of an edit tell no shots apart.
SHOT_TIME = (
    "CASE WHEN length(taken_at) > 10 AND ifnull(taken_from, 'exif-original')"
    " IN ('exif-original', 'exif-digitized', 'xmp') THEN taken_at END"
)
FIRST_MOMENT = (  # one row for each file
    "NOT EXISTS (SELECT 1 FROM images AS other WHERE other.root = images.root"
    " AND ifnull(other.path_bytes, other.path) = ifnull(images.path_bytes, images.path) AND other.at_ms < images.at_ms)"
)


@dataclass(frozen=True, slots=True)
class RankedFile:
    """A file to be compared with others."""

    image: int  # id, of a video that of its first moment
    is_still: bool
    content: tuple[int, bytes] | None  # size in bytes and hash, if other files of the library have the same
    perceptual_hash: bytes | None


def ranked_files(store: Store) -> Iterator[RankedFile]:
    """Yield the library's files, the best first."""
    repeated = {
        (size, digest)
        for size, digest in store.db.execute(
            f"SELECT size, content_hash FROM images WHERE {READABLE} AND typeof(content_hash) = 'blob'"
            f" AND {FIRST_MOMENT} GROUP BY size, content_hash HAVING count(*) > 1"
        )
    }
    rows = store.db.execute(
        f"SELECT id, format, size, content_hash, perceptual_hash FROM images WHERE {READABLE} AND {FIRST_MOMENT}"
        f" ORDER BY {BEST_FIRST}"
    )
    for image, form, size, digest, perceptual_hash in rows:
        content = (size, digest) if (size, digest) in repeated else None
        is_hash = type(perceptual_hash) is bytes and len(perceptual_hash) == BYTES  # else it is made again
        yield RankedFile(image, form not in VIDEO_FORMATS, content, perceptual_hash if is_hash else None)


@dataclass(frozen=True, slots=True)
class Details:
    """What shows whether two pictures are of one shot."""

    image: int  # id
    path: Path  # absolute
    file: FoundFile  # as it was indexed
    format: str
    ratio: float  # width to height
    taken_at: str | None  # SHOT_TIME
    taken_ms: int | None = None  # within the second
    digest: bytes | None = None  # of its bytes as it was indexed

    def is_current(self) -> bool:
        """Return whether the file is there as it was indexed."""
        return self.status() is not None

    def status(self) -> os.stat_result | None:
        """Return the file's status, or None if it is not there as it was indexed."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status if is_unchanged(self.path, self.file, self.digest) else None


def same_file(first: os.stat_result, second: os.stat_result) -> bool:
    """Return whether two paths lead to one file: by a link, a second mount, or two roots.

    Its numbers for the device may differ, as of overlays, network and FUSE mounts; nothing else of it may then.
    """
    return bool(first.st_ino) and (os.path.samestat(first, second) or _identity(first) == _identity(second))


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what of a file no two of one size share, whatever device it is said to be on."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def details_of(store: Store, image: int) -> Details | None:
    """Return the details of a picture, or None if it is no longer in the library."""
    row = store.db.execute(
        f"SELECT root, path, path_bytes, size, mtime_ns, ctime_ns, format, width, height, {SHOT_TIME}, taken_ms,"
        " content_hash FROM images WHERE id = ?",
        [image],
    ).fetchone()
    if row is None:
        return None
    root, path, raw, size, mtime_ns, ctime_ns, form, width, height, *rest = row
    folder = root_paths(store).get(root)
    if folder is None or not is_name(path, raw) or not (is_count(width) and is_count(height)):
        return None
    file = FoundFile(from_columns(path, raw), size, mtime_ns, ctime_ns)
    return Details(image, folder / file.path, file, form, width / max(1, height), *rest)


def remember_hashes(store: Store, hashes: Sequence[tuple[int, FoundFile, bytes]]) -> None:
    """Store perceptual hashes of ids, if the file is still the one that was hashed; not in a read-only library."""
    if store.read_only or not hashes:
        return
    with store.writing():
        store.db.conn.executemany(
            "UPDATE images SET perceptual_hash = ? WHERE id = ? AND size = ? AND mtime_ns = ? AND ctime_ns IS ?",
            [(perceptual_hash, image, *file[1:]) for image, file, perceptual_hash in hashes],
        )
