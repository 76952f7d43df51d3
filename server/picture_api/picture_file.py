"""The file of a picture in the library, found by its id alone, and why it can't be read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import PictureError, UnreachablePicture
from indexer.files.away import is_away
from indexer.files.formats import VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.paths import from_columns, readable
from indexer.store.roots import root_paths
from indexer.store.soundness import READABLE
from indexer.thumbnails.names import Thumb
from server.errors import Refused

if TYPE_CHECKING:
    from search.library.library import Library

GONE = "This picture is not in the library any more."
FILE_GONE = "The file of this picture is not there any more; an index run brings the library up to date."
AWAY = "A sync client has put this picture away: its bytes are in the cloud. Open it on this machine to bring it back."


@dataclass(frozen=True, slots=True)
class PictureFile:
    """What the library knows of a picture's file."""

    root: Path
    known: FoundFile
    digest: bytes | None  # of its bytes
    at_ms: int | None  # of a video
    format: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.root / self.known.path

    @property
    def thumb(self) -> Thumb:
        """What its small pictures are kept under, as far as its bytes are known."""
        return Thumb(self.digest or bytes(16), self.at_ms)

    def refusal(self, error: PictureError) -> Refused:
        """Return what is told of a file that could not be read or decoded; it looks at the disk."""
        if not isinstance(error, UnreachablePicture):
            return Refused(422, f"This picture can't be shown: {error}.")
        if not os.path.isdir(self.root):
            away = "is not there; its drive may not be mounted."
            return Refused(404, f"The folder {readable(self.root)} {away}", f"The folder of this picture {away}")
        if is_away(self.path):
            return Refused(404, AWAY)
        if not os.path.lexists(self.path):
            return Refused(404, FILE_GONE)
        return Refused(404, f"The file of this picture can't be read now: {error}.")


def file_of_picture(library: Library, image: int) -> PictureFile:
    """Return the file of a picture by its id; raises Refused for one that is gone."""
    row = library.store.db.execute(
        "SELECT root, path, path_bytes, size, mtime_ns, ctime_ns, content_hash, at_ms, format FROM images"
        f" WHERE id = ? AND {READABLE}",
        [image],
    ).fetchone()
    root = None if row is None else root_paths(library.store).get(row[0])
    if row is None or root is None:
        raise Refused(404, GONE)
    known = FoundFile(from_columns(row[1], row[2]), *row[3:6])
    return PictureFile(root, known, _digest(row[6]), _moment(row[7], row[8]), str(row[8]))


def _digest(value: Any) -> bytes | None:
    return value if type(value) is bytes and len(value) == 16 else None


def _moment(at_ms: Any, form: Any) -> int | None:
    """Return the moment of a video, as thumb_of names it."""
    return int(at_ms or 0) if at_ms or form in VIDEO_FORMATS else None
