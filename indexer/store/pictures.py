"""Pictures and their embeddings in the store.

Each batch is one transaction together with its metadata: whatever happens, the library holds whole batches.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.files.formats import is_video
from indexer.files.found import FoundFile, Signature
from indexer.paths import from_columns, inside, to_columns
from indexer.store.database import IDS_PER_STATEMENT
from indexer.store.embeddings import Moment, all_embedded
from indexer.store.failures import forget_failure
from indexer.store.models import StoredModel
from indexer.store.roots import Root, roots
from indexer.store.store import Store, now

if TYPE_CHECKING:
    from indexer.decoding.frame import Frame

PATH = "ifnull(path_bytes, path)"  # as it is indexed
METADATA_COLUMNS = ("taken_at", "camera_make", "camera_model", "lens", "latitude", "longitude", "orientation")


class EncodedFile(NamedTuple):
    """A picture, or a video with all its moments, ready to be stored."""

    root: Root
    frame: Frame
    moments: tuple[Moment, ...]


def known_files(store: Store, root: Root, places: Sequence[str] = ("",)) -> set[Signature]:
    """Return the files of a root, at or below relative places, in one read for each place.

    They equal the FoundFile of a file that has not changed.
    """
    found: set[Signature] = set()
    for place in places:
        for condition, values in _below_root(store, root, place):
            known = f"size, mtime_ns FROM images WHERE {condition} AND"
            found.update(store.db.execute(f"SELECT path, {known} path_bytes IS NULL", values))
            bytes_only = "ifnull(path_bytes, path) >= x''"  # which the index finds: blobs come after all texts
            rows = store.db.execute(f"SELECT path_bytes, {known} root = ? AND {bytes_only}", [*values, root.id])
            found.update((os.fsdecode(raw), size, mtime_ns) for raw, size, mtime_ns in rows)
    return found


def incomplete_files(store: Store, root: Root, model: StoredModel | None, places: Sequence[str] = ("",)) -> set[str]:
    """Return those of the known files that have no hash, or no embedding by the model."""
    if all_embedded(store, model):
        return set()
    found: set[str] = set()
    for place in places:
        for condition, values in _below_root(store, root, place):
            rows = store.db.execute(
                f"SELECT path, path_bytes FROM images WHERE {condition} AND (content_hash IS NULL OR NOT EXISTS"
                " (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?))",
                [*values, model.id if model else None],
            )
            found.update(from_columns(*row) for row in rows)
    return found


def _below_root(store: Store, root: Root, place: str) -> list[tuple[str, list[int | str | bytes]]]:
    """Return conditions that together find what is at a place in a root or below it."""
    if place:
        return [(f"root = ? AND {condition}", [root.id, *values]) for condition, values in _at_or_below(place)]
    alone = len(roots(store)) == 1
    return [("+root = ?" if alone else "root = ?", [root.id])]  # "+": reading all is quicker without the index


def _at_or_below(place: str) -> list[tuple[str, list[str | bytes]]]:
    """Return conditions, each answered from the index, that together find a relative path and all below it."""
    name, raw = to_columns(place)
    return [(f"{PATH} = ?", [name if raw is None else raw]), *below(place)]


def below(place: str) -> list[tuple[str, list[str | bytes]]]:
    """Return conditions, each answered from the index, that together find all below a relative path.

    They are of no use without a condition on the root. A name that is not UTF-8 is below a folder whose own name
    may well be UTF-8.
    """
    name, raw = to_columns(place)
    folder = os.fsencode(place)
    conditions: list[tuple[str, list[str | bytes]]] = [
        (f"{PATH} >= ? AND {PATH} < ?", [folder + b"/", folder + b"0"])  # "0" follows "/"
    ]
    if raw is None:
        conditions.append((f"{PATH} >= ? AND {PATH} < ?", [name + "/", name + "0"]))
    return conditions


def store_batch(store: Store, model: StoredModel, batch: Sequence[EncodedFile]) -> None:
    """Store files with their embeddings and metadata, in one transaction.

    A picture that was known keeps its id; if its bytes have changed, its other embeddings and its labels no
    longer hold and are dropped. What was written down as a failure of the file is forgotten.
    """
    with store.writing():
        for file in batch:
            forget_failure(store, file.root, file.frame.file.path)
            ids = _image_rows(store, file)
            store.db.conn.executemany(
                "INSERT OR REPLACE INTO embeddings (image, model, vector) VALUES (?, ?, ?)",
                [
                    (image, model.id, moment.vector.astype("<f2").tobytes())
                    for image, moment in zip(ids, file.moments, strict=True)
                ],
            )


def _image_rows(store: Store, file: EncodedFile) -> list[int]:
    """Insert or update the row of each moment of a file, and return their ids."""
    name, raw = to_columns(file.frame.file.path)
    key = [file.root.id, name if raw is None else raw]
    old = store.db.execute(
        "SELECT at_ms, id, content_hash FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?", key
    ).fetchall()
    if any(digest != file.frame.digest for _, _, digest in old):
        changed = [(image,) for _, image, _ in old]
        store.db.conn.executemany("DELETE FROM embeddings WHERE image = ?", changed)
        store.db.conn.executemany("DELETE FROM labels WHERE image = ?", changed)
    ids = {at_ms: image for at_ms, image, _ in old}
    wanted = {moment.at_ms for moment in file.moments}
    store.db.conn.executemany("DELETE FROM images WHERE id = ?", [(ids[at],) for at in ids if at not in wanted])
    return [_image_row(store, file, ids.get(moment.at_ms), moment.at_ms) for moment in file.moments]


def _image_row(store: Store, file: EncodedFile, image: int | None, at_ms: int) -> int:
    """Update the row of an id, or insert a new one, and return its id."""
    frame, found = file.frame, file.frame.metadata
    values = {
        "size": frame.file.size,
        "mtime_ns": frame.file.mtime_ns,
        "width": frame.width,
        "height": frame.height,
        "format": frame.format,
        "indexed_at": now(),
        "content_hash": frame.digest,
        "perceptual_hash": frame.perceptual_hash,
        **{column: getattr(found, column) for column in METADATA_COLUMNS},
    }
    if image is not None:
        columns = ", ".join(f"{column} = ?" for column in values)
        store.db.execute(f"UPDATE images SET {columns} WHERE id = ?", [*values.values(), image])
        return image
    name, raw = to_columns(frame.file.path)
    values |= {"root": file.root.id, "path": name, "path_bytes": raw, "at_ms": at_ms}
    marks = ", ".join("?" * len(values))
    cursor = store.db.execute(f"INSERT INTO images ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    return int(cursor.lastrowid or 0)


def forget_files(store: Store, root: Root, paths: Iterable[str]) -> int:
    """Remove files by their relative paths, with embeddings and labels, in one transaction; return how many rows."""
    keys = [(root.id, name if raw is None else raw) for name, raw in map(to_columns, paths)]
    if not keys:
        return 0
    with store.writing():
        return store.db.conn.executemany(
            "DELETE FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?", keys
        ).rowcount


def paths_of(store: Store, images: Iterable[int]) -> dict[int, Path]:
    """Return the absolute paths of pictures, by id."""
    wanted = list(images)
    folders = {root.id: root.path for root in roots(store)}
    found: dict[int, Path] = {}
    for start in range(0, len(wanted), IDS_PER_STATEMENT):
        some = wanted[start : start + IDS_PER_STATEMENT]
        rows = store.db.execute(
            f"SELECT id, root, path, path_bytes FROM images WHERE id IN ({','.join('?' * len(some))})", some
        )
        found.update((row[0], folders[row[1]] / from_columns(row[2], row[3])) for row in rows)
    return found


def times_of(store: Store, images: Iterable[int]) -> dict[int, float]:
    """Return where in its video each of these is, in seconds; stills are left out."""
    wanted = list(images)
    found: dict[int, float] = {}
    for start in range(0, len(wanted), IDS_PER_STATEMENT):
        some = wanted[start : start + IDS_PER_STATEMENT]
        rows = store.db.execute(f"SELECT id, path, at_ms FROM images WHERE id IN ({','.join('?' * len(some))})", some)
        found.update((row[0], row[2] / 1000) for row in rows if row[2] or is_video(row[1]))
    return found


def image_at(store: Store, path: Path) -> tuple[int, FoundFile] | None:
    """Return the id and the stored signature of the picture at a resolved path, or None if it is not known."""
    for root in roots(store):
        below = inside(str(path), str(root.path))
        if below and (found := _stored(store, root, below)) is not None:
            return found
    return None


def images_at(store: Store, path: Path) -> list[int]:
    """Return the ids of what is at a resolved path: none, a picture's one, or a video's many by time."""
    ids: list[int] = []
    for root in roots(store):
        if below := inside(str(path), str(root.path)):
            name, raw = to_columns(below)
            rows = store.db.execute(
                "SELECT id FROM images WHERE root = ? AND ifnull(path_bytes, path) = ? ORDER BY at_ms",
                [root.id, name if raw is None else raw],
            )
            ids += [row[0] for row in rows]
    return ids


def _stored(store: Store, root: Root, path: str) -> tuple[int, FoundFile] | None:
    """Return the id and the stored signature of the picture at a path relative to a root, or None.

    Of a video, the first moment's.
    """
    name, raw = to_columns(path)
    row = store.db.execute(
        "SELECT id, size, mtime_ns FROM images WHERE root = ? AND ifnull(path_bytes, path) = ? ORDER BY at_ms",
        [root.id, name if raw is None else raw],
    ).fetchone()
    return None if row is None else (int(row[0]), FoundFile(path, row[1], row[2]))
