"""Files whose bytes are known already, as they were touched, moved or copied: their rows follow, nothing is decoded.

A moved file keeps its id, embeddings and labels. A copy gets rows of its own, with the metadata and embeddings of the
original, and what a person said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from indexer.metadata.metadata import Metadata, merged
from indexer.paths import to_columns
from indexer.store.facts import copy_facts
from indexer.store.pictures import METADATA_COLUMNS, KnownPath, ids_at
from indexer.store.store import Store

COPIED = ", ".join(
    (
        "size",
        "width",
        "height",
        "format",
        "indexed_at",
        "content_hash",
        "perceptual_hash",
        "note",
        "at_ms",
        *METADATA_COLUMNS,
    )
)

Times = tuple[int, int | None]  # mtime_ns and ctime_ns, as in FoundFile


@dataclass(frozen=True, slots=True)
class SameBytes:
    """Where the bytes of files are known from."""

    touched: Collection[KnownPath]  # same path, another time stamp
    moved: Mapping[KnownPath, KnownPath]  # the new path -> the old one
    copied: Mapping[KnownPath, KnownPath]  # the copy -> the original


def follow(store: Store, files: SameBytes, times: Mapping[KnownPath, Times]) -> None:
    """Let the rows of files follow them, in one transaction; `times` are their time stamps now."""
    originals = {copy: ids_at(store, *original) for copy, original in files.copied.items()}  # before they move
    with store.writing():
        for path in files.touched:
            rows = [(*times[path], image) for image in ids_at(store, *path)]
            store.db.conn.executemany("UPDATE images SET mtime_ns = ?, ctime_ns = ? WHERE id = ?", rows)
        _move(store, files.moved, times)
        for copy, images in originals.items():
            _copy(store, images, copy, times[copy])


def _move(store: Store, moved: Mapping[KnownPath, KnownPath], times: Mapping[KnownPath, Times]) -> None:
    """Give rows their new paths; first all are taken out of the way, as files may have changed places."""
    ids = {path: ids_at(store, *origin) for path, origin in moved.items()}
    aside = [(b"\0%d" % image, image) for images in ids.values() for image in images]  # no file has such a name
    store.db.conn.executemany("UPDATE images SET path_bytes = ? WHERE id = ?", aside)
    for path, images in ids.items():
        _clear(store, path)
        root, name = path
        store.db.conn.executemany(
            "UPDATE images SET root = ?, path = ?, path_bytes = ?, mtime_ns = ?, ctime_ns = ? WHERE id = ?",
            [(root, *to_columns(name), *times[path], image) for image in images],
        )


def _copy(store: Store, images: Collection[int], path: KnownPath, times: Times) -> None:
    """Insert rows for a file with the bytes of another, with its metadata and embeddings."""
    _clear(store, path)
    root, name = path
    for image in images:
        cursor = store.db.execute(
            f"INSERT INTO images (root, path, path_bytes, mtime_ns, ctime_ns, {COPIED})"
            f" SELECT ?, ?, ?, ?, ?, {COPIED} FROM images WHERE id = ?",
            [root, *to_columns(name), *times, image],
        )
        store.db.execute(
            "INSERT INTO embeddings (image, model, vector, precision)"
            " SELECT ?, model, vector, precision FROM embeddings WHERE image = ?",
            [cursor.lastrowid, image],
        )
        copy_facts(store, image, int(cursor.lastrowid or 0))


def complete_metadata(store: Store, besides: Mapping[KnownPath, Metadata]) -> None:
    """Add what now lies beside files, and what their names say, in one transaction; what they say themselves stays."""
    columns = ", ".join(METADATA_COLUMNS)
    assigned = ", ".join(f"{column} = ?" for column in METADATA_COLUMNS)
    with store.writing():
        for path, beside in besides.items():
            for image in ids_at(store, *path):
                row = store.db.execute(f"SELECT {columns} FROM images WHERE id = ?", [image]).fetchone()
                known = Metadata(**dict(zip(METADATA_COLUMNS, row, strict=True)))
                if (new := _completed(known, beside)) != known:
                    values = [getattr(new, column) for column in METADATA_COLUMNS]
                    store.db.execute(f"UPDATE images SET {assigned} WHERE id = ?", [*values, image])


def _completed(known: Metadata, beside: Metadata) -> Metadata:
    """Return what is known with what lies beside; a new name counts for more than the old one."""
    if known.taken_at is not None and known.taken_from is None:  # from before m016: nobody knows what it is worth
        return replace(merged(known, beside), taken_at=known.taken_at, taken_ms=None, taken_from=None)
    is_newer = beside.taken_from is not None and beside.taken_from == known.taken_from
    return merged(replace(known, taken_at=None, taken_ms=None, taken_from=None) if is_newer else known, beside)


def _clear(store: Store, path: KnownPath) -> None:
    """Remove what is known of a path whose file has other bytes now."""
    store.db.conn.executemany("DELETE FROM images WHERE id = ?", [(image,) for image in ids_at(store, *path)])
