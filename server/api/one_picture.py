"""Everything of one picture: what it is, its labels and who gave them, its copies, and a video's other moments."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.store.pictures import paths_of, times_of
from indexer.store.soundness import PROBABLE
from search.query.similar import copies_of, rows_of_file
from search.records import DIGITS
from server.api.picture_records import picture_records, pictures_of
from server.errors import Refused

if TYPE_CHECKING:
    from search.library.library import Library

GONE = "This picture is not in the library any more."


def path_of_picture(library: Library, image: int) -> Path:
    """Return where a picture's file is; raises Refused for one that is gone."""
    path = paths_of(library.store, [image]).get(image)
    if path is None:
        raise Refused(404, GONE)
    return path


def described(library: Library, image: int) -> dict[str, Any]:
    """Return everything of one picture, as JSON; raises Refused for one that is gone."""
    path = path_of_picture(library, image)
    records = pictures_of(library, [image])
    if not records:
        raise Refused(404, GONE)
    moments = times_of(library.store, rows_of_file(library, image))
    return {
        "image": records[0],
        "labels": _labels(library, image),
        "moments": [{"id": moment, "at": at} for moment, at in sorted(moments.items(), key=lambda pair: pair[1])],
        "copies": picture_records(library, copies_of(library, image)),
        "facts": _facts(library, image),
        "exists": os.path.isfile(path),
    }


def _labels(library: Library, image: int) -> list[dict[str, Any]]:
    """Return the labels of a picture, the newest set first, the most probable label of each first."""
    rows = library.store.db.execute(
        "SELECT s.id, s.name, class, probability, said_by, said_at FROM labels l"
        " JOIN label_sets s ON s.id = l.label_set"
        f" LEFT JOIN correction_acts a ON a.id = l.act WHERE l.image = ? AND {PROBABLE}"
        " ORDER BY s.id DESC, probability DESC",
        [image],
    )
    return [
        {
            "set": {"id": set_id, "name": str(name)},
            "class": label,
            "probability": round(probability, DIGITS),
            "said_by": None if said_by is None else str(said_by),
            "said_at": None if said_at is None else str(said_at),
        }
        for set_id, name, label, probability, said_by, said_at in rows
    ]


def _facts(library: Library, image: int) -> dict[str, str | None]:
    select = "SELECT lens, note, indexed_at, mtime_ns FROM images WHERE id = ?"
    row = library.store.db.execute(select, [image]).fetchone() or (None,) * 4
    lens, note, indexed_at = (value if type(value) is str else None for value in row[:3])
    return {"lens": lens, "note": note, "indexed_at": indexed_at, "mtime": _moment(row[3])}


def _moment(nanoseconds: Any) -> str | None:
    """Return a file's time stamp as ISO 8601, in UTC; None for one that is none."""
    with contextlib.suppress(TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(nanoseconds // 10**9, timezone.utc).isoformat(timespec="seconds")
    return None
