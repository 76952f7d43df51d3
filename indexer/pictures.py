"""Pictures and their embeddings in the store.

Each batch is one transaction together with its metadata: whatever happens, the library holds whole batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.paths import from_columns, inside, to_columns
from indexer.roots import Root, roots
from indexer.scan import FoundFile
from indexer.store import Store, StoredModel, now

if TYPE_CHECKING:
    from indexer.encoder import FloatArray

IDS_PER_STATEMENT = 500  # SQLite's oldest limit on parameters is 999


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
    old = _stored(store, root, file.path)
    values = [file.size, file.mtime_ns, picture.width, picture.height, picture.format, now()]
    if old is None:
        name, name_bytes = to_columns(file.path)
        cursor = store.db.execute(
            "INSERT INTO images (root, path, path_bytes, size, mtime_ns, width, height, format, indexed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [root.id, name, name_bytes, *values],
        )
        return int(cursor.lastrowid or 0)
    image, before = old
    if before != file:
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
        if below and (found := _stored(store, root, below)) is not None:
            return found
    return None


def _stored(store: Store, root: Root, path: str) -> tuple[int, FoundFile] | None:
    """Return the id and the stored signature of the picture at a path relative to a root, or None."""
    name, name_bytes = to_columns(path)
    row = store.db.execute(
        "SELECT id, size, mtime_ns FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?",
        [root.id, name if name_bytes is None else name_bytes],
    ).fetchone()
    return None if row is None else (int(row[0]), FoundFile(path, row[1], row[2]))


def images_in(store: Store, folder: Path) -> list[int]:
    """Return the ids of the pictures below an absolute folder, ascending."""
    ids: list[int] = []
    for root in roots(store):
        below = inside(str(folder), str(root.path))
        if below is not None or inside(str(root.path), str(folder)) is not None:
            ids += [image.id for image in known_images(store, root, below or "", None).values()]
    return sorted(ids)
