"""What the store knows of files that may be duplicates, and in which order they are the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.files.content import is_unchanged
from indexer.files.formats import VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.paths import from_columns
from indexer.store.roots import root_paths
from indexer.store.store import Store

# The one with the most pixels, that kept its date, that is the least compressed, the oldest, the shortest path.
BEST_FIRST = "width * height DESC, taken_at IS NULL, size DESC, taken_at, length(path), path, id"
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
            f"SELECT size, content_hash FROM images WHERE content_hash IS NOT NULL AND {FIRST_MOMENT}"
            " GROUP BY size, content_hash HAVING count(*) > 1"
        )
    }
    rows = store.db.execute(
        f"SELECT id, format, size, content_hash, perceptual_hash FROM images WHERE {FIRST_MOMENT} ORDER BY {BEST_FIRST}"
    )
    for image, form, size, digest, perceptual_hash in rows:
        content = (size, digest) if (size, digest) in repeated else None
        yield RankedFile(image, form not in VIDEO_FORMATS, content, perceptual_hash)


@dataclass(frozen=True, slots=True)
class Details:
    """What shows whether two pictures are of one shot."""

    path: Path  # absolute
    file: FoundFile  # as it was indexed
    ratio: float  # width to height
    taken_at: str | None  # SHOT_TIME
    digest: bytes | None = None  # of its bytes as it was indexed

    def is_current(self) -> bool:
        """Return whether the file is there as it was indexed."""
        return self.path.exists() and is_unchanged(self.path, self.file, self.digest)


def details_of(store: Store, image: int) -> Details | None:
    """Return the details of a picture, or None if it is no longer in the library."""
    row = store.db.execute(
        f"SELECT root, path, path_bytes, size, mtime_ns, ctime_ns, width, height, {SHOT_TIME}, content_hash FROM images"
        " WHERE id = ?",
        [image],
    ).fetchone()
    if row is None:
        return None
    root, path, raw, size, mtime_ns, ctime_ns, width, height, taken_at, digest = row
    file = FoundFile(from_columns(path, raw), size, mtime_ns, ctime_ns)
    return Details(root_paths(store)[root] / file.path, file, width / max(1, height), taken_at, digest)


def remember_hashes(store: Store, hashes: Sequence[tuple[int, FoundFile, bytes]]) -> None:
    """Store perceptual hashes of ids, if the file is still the one that was hashed; not in a read-only library."""
    if store.read_only or not hashes:
        return
    with store.writing():
        store.db.conn.executemany(
            "UPDATE images SET perceptual_hash = ? WHERE id = ? AND size = ? AND mtime_ns = ? AND ctime_ns IS ?",
            [(perceptual_hash, image, *file[1:]) for image, file, perceptual_hash in hashes],
        )
