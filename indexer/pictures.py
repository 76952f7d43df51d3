"""Roots, pictures and picture embeddings in the store.

Paths are relative to a root, so that a root can move. Each batch is one transaction together with its
metadata: whatever happens, the library holds whole batches.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.paths import from_columns, inside, to_columns
from indexer.scan import FoundFile
from indexer.store import Store, StoredModel, now

if TYPE_CHECKING:
    from indexer.encoder import FloatArray

IDS_PER_STATEMENT = 500  # SQLite's oldest limit on parameters is 999


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose pictures are in the library."""

    id: int
    path: Path
    indexed_at: str | None  # when a run last finished, UTC


@dataclass(frozen=True, slots=True)
class KnownImage:
    """What the library knows of a picture, to tell whether it must be encoded."""

    id: int
    size: int
    mtime_ns: int
    embedded: bool  # by the model that was asked about


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A picture that is ready to be stored."""

    file: FoundFile
    width: int
    height: int
    format: str
    vector: FloatArray  # (dim,), unit length


def roots(store: Store) -> list[Root]:
    """Return the roots, oldest first."""
    rows = store.db.execute("SELECT id, path, path_bytes, indexed_at FROM roots ORDER BY id")
    return [Root(row[0], Path(from_columns(row[1], row[2])), row[3]) for row in rows]


def count_by_root(store: Store) -> dict[int, int]:
    """Return the number of pictures of each root that has any, by root id."""
    return {row[0]: row[1] for row in store.db.execute("SELECT root, count(*) FROM images GROUP BY root")}


def claim_root(store: Store, folder: Path) -> tuple[Root, str]:
    """Return the root that covers an absolute folder, and the folder relative to it ("" if it is the root).

    A folder inside a known root belongs to that root. A root takes over the known roots inside it: their
    pictures keep their ids and embeddings. One that is empty or gone (not mounted, perhaps) is left as it is.
    """
    with store.writing():
        root, below = _covering_root(store, folder) or (_add_root(store, folder), "")
        for other in roots(store):
            inner = inside(str(other.path), str(root.path))
            if inner and holds_something(other.path):
                _move_pictures(store, other, root, inner)
    return root, below


def _covering_root(store: Store, folder: Path) -> tuple[Root, str] | None:
    """Return the outermost known root around a folder, and the folder relative to it."""
    covering = [(root, inside(str(folder), str(root.path))) for root in roots(store)]
    found = [(root, below) for root, below in covering if below is not None]
    return max(found, key=lambda pair: len(pair[1]), default=None)


def _add_root(store: Store, folder: Path) -> Root:
    """Insert a root."""
    name, name_bytes = to_columns(str(folder))
    cursor = store.db.execute(
        "INSERT INTO roots (path, path_bytes, added_at) VALUES (?, ?, ?)", [name, name_bytes, now()]
    )
    return Root(int(cursor.lastrowid or 0), folder, None)


def holds_something(folder: Path) -> bool:
    """Return whether a folder is there and has an entry."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def remove_root(store: Store, folder: Path) -> int | None:
    """Remove the root at this very path with its pictures, and return how many; None if it is no root."""
    for root in roots(store):
        if root.path == folder:
            pictures = count_by_root(store).get(root.id, 0)
            store.db.execute("DELETE FROM roots WHERE id = ?", [root.id])
            return pictures
    return None


def _move_pictures(store: Store, old: Root, new: Root, below: str) -> None:
    """Hand a root's pictures to a root above it; `below` is the old root relative to the new one."""
    rows = store.db.execute("SELECT id, path, path_bytes FROM images WHERE root = ?", [old.id]).fetchall()
    moved = [(new.id, *to_columns(f"{below}/{from_columns(path, raw)}"), image) for image, path, raw in rows]
    store.db.conn.executemany("UPDATE images SET root = ?, path = ?, path_bytes = ? WHERE id = ?", moved)
    store.db.execute("DELETE FROM roots WHERE id = ?", [old.id])


def mark_indexed(store: Store, root: Root) -> None:
    """Write down that a run over the root has finished."""
    store.db.execute("UPDATE roots SET indexed_at = ? WHERE id = ?", [now(), root.id])


def known_images(store: Store, root: Root, below: str, model: StoredModel | None) -> dict[str, KnownImage]:
    """Return the pictures of a root's subtree by relative path, in one read."""
    rows = store.db.execute(
        "SELECT id, path, path_bytes, size, mtime_ns, e.image IS NOT NULL FROM images"
        " LEFT JOIN embeddings e ON e.image = images.id AND e.model = ? WHERE root = ?",
        [model.id if model else None, root.id],
    )
    known = ((from_columns(row[1], row[2]), KnownImage(row[0], row[3], row[4], bool(row[5]))) for row in rows)
    return {path: image for path, image in known if not below or path.startswith(below + "/")}


def count_without_embedding(store: Store, model: StoredModel) -> int:
    """Return how many pictures of the library a model has not seen."""
    row = store.db.execute(
        "SELECT count(*) FROM images WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)",
        [model.id],
    ).fetchone()
    return int(row[0])


def store_batch(store: Store, root: Root, model: StoredModel, batch: Sequence[EncodedPicture]) -> None:
    """Store pictures with their embeddings, in one transaction.

    A picture that was known keeps its id; if its file has changed, its other embeddings and its labels no
    longer hold and are dropped.
    """
    with store.writing():
        for picture in batch:
            image = _store_image(store, root, picture)
            store.db.execute(
                "INSERT OR REPLACE INTO embeddings (image, model, vector) VALUES (?, ?, ?)",
                [image, model.id, picture.vector.astype("<f2").tobytes()],
            )


def _store_image(store: Store, root: Root, picture: EncodedPicture) -> int:
    """Insert or update a picture's row and return its id."""
    file = picture.file
    name, name_bytes = to_columns(file.path)
    old = store.db.execute(
        "SELECT id, size, mtime_ns FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?",
        [root.id, name if name_bytes is None else name_bytes],
    ).fetchone()
    values = [file.size, file.mtime_ns, picture.width, picture.height, picture.format, now()]
    if old is None:
        cursor = store.db.execute(
            "INSERT INTO images (root, path, path_bytes, size, mtime_ns, width, height, format, indexed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [root.id, name, name_bytes, *values],
        )
        return int(cursor.lastrowid or 0)
    image = int(old[0])
    if (old[1], old[2]) != (file.size, file.mtime_ns):
        store.db.execute("DELETE FROM embeddings WHERE image = ?", [image])
        store.db.execute("DELETE FROM labels WHERE image = ?", [image])
    store.db.execute(
        "UPDATE images SET size = ?, mtime_ns = ?, width = ?, height = ?, format = ?, indexed_at = ? WHERE id = ?",
        [*values, image],
    )
    return image


def forget(store: Store, images: Sequence[int]) -> None:
    """Remove pictures from the library, with their embeddings and labels, in one transaction."""
    with store.writing():
        store.db.conn.executemany("DELETE FROM images WHERE id = ?", [(image,) for image in images])


def embeddings(store: Store, model: StoredModel, rows: int = 8192) -> Iterator[tuple[np.ndarray, FloatArray]]:
    """Yield blocks of (ids (n,) int64, vectors (n, dim) float32), by ascending id."""
    cursor = store.db.execute(
        "SELECT e.image, e.vector FROM embeddings e JOIN images ON images.id = e.image"
        " WHERE e.model = ? ORDER BY e.image",
        [model.id],
    )
    while block := cursor.fetchmany(rows):
        ids = np.array([row[0] for row in block], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[1] for row in block), dtype="<f2").reshape(len(block), model.dim)
        yield ids, vectors.astype(np.float32)


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


def image_at(store: Store, path: Path) -> tuple[int, FoundFile] | None:
    """Return the id and the stored signature of the picture at a resolved path, or None if it is not known."""
    for root in roots(store):
        below = inside(str(path), str(root.path))
        if not below:
            continue
        name, name_bytes = to_columns(below)
        row = store.db.execute(
            "SELECT id, size, mtime_ns FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?",
            [root.id, name if name_bytes is None else name_bytes],
        ).fetchone()
        if row is not None:
            return int(row[0]), FoundFile(below, row[1], row[2])
    return None


def images_in(store: Store, folder: Path) -> list[int]:
    """Return the ids of the pictures below an absolute folder, ascending."""
    ids: list[int] = []
    for root in roots(store):
        below = inside(str(folder), str(root.path))
        if below is not None or inside(str(root.path), str(folder)) is not None:
            ids += [image.id for image in known_images(store, root, below or "", None).values()]
    return sorted(ids)
