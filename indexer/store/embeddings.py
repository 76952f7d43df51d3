"""The embeddings of pictures in the store: little-endian fp16, one for each picture and model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.damage import note_damage
from indexer.store.models import StoredModel
from indexer.store.soundness import MOST_ID, are_ids, is_id, unit_vectors
from indexer.store.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray


class MomentVector(NamedTuple):
    """The embedding of a moment in a video, or of a still, whose time is 0."""

    at_ms: int
    vector: FloatArray  # (dim,), unit length
    precision: str | None = None  # what it was computed in, if that is known


def all_embedded(store: Store, model: StoredModel | None) -> bool:
    """Return whether every picture has a hash and an embedding by the model, by counting alone."""
    if model is None:
        return False
    embedded = store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [model.id]).fetchone()
    hashed = store.db.execute("SELECT count(*) FROM images WHERE content_hash IS NOT NULL").fetchone()
    every = store.db.execute("SELECT count(*) FROM images").fetchone()
    return bool(embedded == hashed == every)


def count_without_embedding(store: Store, model: StoredModel) -> int:
    """Return how many pictures of the library have no embedding by a model."""
    row = store.db.execute(
        "SELECT count(*) FROM images WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)",
        [model.id],
    ).fetchone()
    return int(row[0])


def moments_of(store: Store, model: StoredModel, size: int, digest: bytes) -> list[MomentVector]:
    """Return the embeddings that a model made of a file with exactly these bytes; none if it has encoded none."""
    rows = store.db.execute(
        "SELECT i.at_ms, e.vector, e.precision FROM images i JOIN embeddings e ON e.image = i.id AND e.model = ?"
        " WHERE i.size = ? AND i.content_hash = ? AND (i.root, ifnull(i.path_bytes, i.path)) ="
        " (SELECT root, ifnull(path_bytes, path) FROM images WHERE size = ? AND content_hash = ?"
        "  AND EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?) LIMIT 1)",
        [model.id, size, digest, size, digest, model.id],
    ).fetchall()
    vectors, sound = unit_vectors([vector for _, vector, _ in rows], model.dim, "<f2")
    if not sound.all():
        return []  # the file is encoded anew
    return [MomentVector(at_ms, vector, how) for (at_ms, _, how), vector in zip(rows, vectors, strict=True)]


def count_by_precision(store: Store, model: StoredModel) -> dict[str, int]:
    """Return how many of a model's embeddings were computed in which precision, most first; "" where it is unknown."""
    rows = store.db.execute(
        "SELECT precision, count(*) FROM embeddings WHERE model = ? GROUP BY 1 ORDER BY 2 DESC, 1", [model.id]
    )
    counts: dict[str, int] = {}
    for precision, count in rows:
        known = precision if type(precision) is str else ""
        counts[known] = counts.get(known, 0) + int(count)
    return counts


def embeddings(store: Store, model: StoredModel, rows: int = 8192) -> Iterator[tuple[NDArray[np.int64], FloatArray]]:
    """Yield all embeddings in blocks of (ids (n,) int64, vectors (n, dim) float32), in the order on disk.

    Damaged ones are left out, here and in `embeddings_of`; the next run encodes their pictures again.
    """
    cursor = store.db.execute("SELECT image, vector FROM embeddings WHERE +model = ?", [model.id])
    while block := cursor.fetchmany(rows):
        ids, vectors = _arrays(store, block, model)
        if len(ids):
            yield ids, vectors


def embeddings_of(
    store: Store, model: StoredModel, images: Sequence[int] | NDArray[np.int64]
) -> tuple[NDArray[np.int64], FloatArray]:
    """Return (ids (n,) int64 ascending, vectors (n, dim) float32) of the pictures that have an embedding."""
    select = "SELECT image, vector FROM embeddings WHERE model = ? AND image IN ({marks})"
    rows = store.db.rows_in(select, sorted({int(image) for image in images if 0 < image <= MOST_ID}), model.id)
    return _arrays(store, sorted(rows, key=itemgetter(0)), model)


def _arrays(store: Store, rows: Sequence[tuple[Any, ...]], model: StoredModel) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the sound ones among rows of ids and vectors."""
    import numpy as np

    named = rows if are_ids([row[0] for row in rows]) else [row for row in rows if is_id(row[0])]
    ids = np.fromiter((row[0] for row in named), dtype=np.int64, count=len(named))
    vectors, sound = unit_vectors([row[1] for row in named], model.dim, "<f2")
    if len(named) == len(rows) and sound.all():
        return ids, vectors
    store.doubtful.add(model.id)
    note_damage("embedding", (row[0] for row in rows if not is_id(row[0])))
    note_damage("embedding", ids[~sound].tolist())
    return ids[sound], vectors
