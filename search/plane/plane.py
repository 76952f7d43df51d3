"""The plane of a library: each embedded picture as a point, made once, kept in a file, and brought up to date.

The axes stay while the library changes a little, so that pictures stay where people have seen them: what is new is
projected with the axes that there are. They are found anew when there are a quarter more pictures, or another model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids
from indexer.store.embeddings import embeddings, embeddings_of
from indexer.store.soundness import MOST_ID, is_number
from search.index.files import snapshot
from search.kept_arrays import Arrays, keep, kept, kept_path
from search.plane.axes import Axes, find_axes
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

Rows = tuple[Ids, FloatArray]
Block = TypeVar("Block", FloatArray, Rows)

KIND = "plane"
GROWTH = 1.25  # from which on the axes are found anew
ALL_COUNT = 150_000  # embeddings, at most, of which all decide where the axes are
SAMPLE = 50_000  # that decide it in a larger library
BLOCK = 8_192
MOST_SINGLE = 8  # of so many pictures, one part may be read by id; reading all is quicker for more


@dataclass(frozen=True, slots=True)
class Plane:
    """The embedded pictures of a library as points."""

    ids: NDArray[np.uint32]  # ascending (n,)
    points: NDArray[np.float32]  # (n, 2)
    axes: Axes
    generation: int  # of the embeddings

    def of(self, ids: Ids) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Return those of the ids (m,), ascending, that have a point, and the points."""
        if not len(self.ids):
            return self.ids, self.points
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        places = places[self.ids[places] == ids]
        return self.ids[places], self.points[places]


def plane_of(store: Store, model: StoredModel, progress: Progress = unwatched) -> Plane:
    """Return the plane of a model's embeddings as they are now; what `progress` raises, once it is slow, ends it."""
    with snapshot(store):
        generation = int(store.db.execute("SELECT generation FROM models WHERE id = ?", [model.id]).fetchone()[0])
        before = _kept(store, model)
        if before is not None and before.generation == generation:
            return before
        ids = _embedded_ids(store, model)
        if before is None or len(ids) >= GROWTH * before.axes.count or GROWTH * len(ids) <= before.axes.count:
            seen = min(len(ids), ALL_COUNT if len(ids) <= ALL_COUNT else SAMPLE)
            sample = _told(_sample(store, model, ids), progress, 0, seen + len(ids))
            axes = find_axes(sample, model.dim, len(ids))
            told = partial(_told, progress=progress, first=seen, total=seen + len(ids))
            plane = _projected(store, model, axes, generation, told)
        else:
            plane = _up_to_date(store, model, before, ids, generation)
    _keep(store, model, plane)
    return plane


def _embedded_ids(store: Store, model: StoredModel) -> Ids:
    """Return the ids of all pictures that have an embedding, ascending; read as one text, in half the time."""
    sound = "typeof(image) = 'integer' AND image BETWEEN 1 AND ?"
    text = store.db.execute(
        f"SELECT group_concat(image) FROM embeddings WHERE +model = ? AND {sound}", [model.id, MOST_ID]
    ).fetchone()[0]
    return np.sort(np.fromstring(text or "", dtype=np.int64, sep=","))


def _sample(store: Store, model: StoredModel, ids: Ids) -> Iterator[FloatArray]:
    """Yield all embeddings in blocks, or of many as many as are needed, evenly chosen."""
    if len(ids) <= ALL_COUNT:
        yield from (vectors for _, vectors in embeddings(store, model))
        return
    chosen = ids[np.linspace(0, len(ids) - 1, SAMPLE).astype(np.int64)]
    for start in range(0, len(chosen), BLOCK):
        yield embeddings_of(store, model, chosen[start : start + BLOCK])[1]


def _told(blocks: Iterable[Block], progress: Progress, first: int, total: int) -> Iterator[Block]:
    """Yield blocks, and say before each how many rows of them were seen."""
    for block in blocks:
        progress(first, max(first, total))
        yield block
        first += len(block[0]) if isinstance(block, tuple) else len(block)


def _projected(
    store: Store,
    model: StoredModel,
    axes: Axes,
    generation: int,
    told: Callable[[Iterable[Rows]], Iterable[Rows]] = iter,
) -> Plane:
    """Return all embeddings as points."""
    blocks = told(embeddings(store, model, BLOCK))
    return _plane([(ids, axes.projected(vectors)) for ids, vectors in blocks], axes, generation)


def _plane(parts: list[tuple[Any, FloatArray]], axes: Axes, generation: int) -> Plane:
    """Return a plane of ids (n,) and points (n, 2) in parts."""
    ids = np.concatenate([np.empty(0, np.uint32), *(ids.astype(np.uint32) for ids, _ in parts)])
    points = np.concatenate([np.empty((0, 2), np.float32), *(points for _, points in parts)])
    order = np.argsort(ids, kind="stable")
    return Plane(ids[order], points[order], axes, generation)


def _up_to_date(store: Store, model: StoredModel, before: Plane, ids: Ids, generation: int) -> Plane:
    """Return a plane with the same axes for the embeddings as they are now."""
    changed = _changed_since(store, model, before.generation)
    new = ids[~np.isin(ids, before.ids)] if changed is None else np.union1d(ids[~np.isin(ids, before.ids)], changed)
    if changed is None or len(new) * MOST_SINGLE > len(ids):
        return _projected(store, model, before.axes, generation)
    stay = np.isin(before.ids, ids) & ~np.isin(before.ids, new)
    read, vectors = embeddings_of(store, model, new)
    return _plane(
        [(before.ids[stay], before.points[stay]), (read, before.axes.projected(vectors))], before.axes, generation
    )


def _changed_since(store: Store, model: StoredModel, generation: int) -> Ids | None:
    """Return the pictures whose embeddings changed after a generation; None if the library does not say."""
    row = store.db.execute("SELECT generation FROM index_files WHERE model = ?", [model.id]).fetchone()
    if row is None or type(row[0]) is not int or row[0] > generation:
        return None
    sound = "typeof(image) = 'integer' AND image BETWEEN 1 AND ?"
    select = f"SELECT image FROM index_changes WHERE model = ? AND generation > ? AND {sound}"
    rows = store.db.execute(select, [model.id, generation, MOST_ID])
    return np.array([row[0] for row in rows], dtype=np.int64)


def _keep(store: Store, model: StoredModel, plane: Plane) -> None:
    """Write a plane to its file."""
    path = kept_path(store, KIND)
    if path is not None:
        about = {"explained": plane.axes.explained, "count": plane.axes.count, "generation": plane.generation}
        arrays = {
            "ids": plane.ids.astype("<u4"),
            "points": plane.points.astype("<f4"),
            "mean": plane.axes.mean.astype("<f4"),
            "directions": plane.axes.directions.astype("<f4"),
        }
        keep(path, model.fingerprint, about, arrays)


def _kept(store: Store, model: StoredModel) -> Plane | None:
    """Return the plane of a model from its file; None unless it is there and sound."""
    path = kept_path(store, KIND)
    found = None if path is None else kept(path, model.fingerprint)
    if found is None or not _is_sound(*found, model.dim):
        return None
    about, arrays = found
    values: dict[str, Any] = dict(arrays)
    axes = Axes(values["mean"], values["directions"], float(about["explained"]), about["count"])
    return Plane(values["ids"], values["points"], axes, about["generation"])


def _is_sound(about: dict[str, Any], arrays: Arrays, dim: int) -> bool:
    """Return whether what a file holds can be a plane."""
    forms = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    count = len(arrays["ids"]) if "ids" in arrays else 0
    expected = {
        "ids": ("<u4", (count,)),
        "points": ("<f4", (count, 2)),
        "mean": ("<f4", (dim,)),
        "directions": ("<f4", (2, dim)),
    }
    if forms != expected or not all(type(about.get(name)) is int for name in ("count", "generation")):
        return False
    ids: NDArray[Any] = arrays["ids"]
    ascend = not count or bool(ids[0] > 0 and ids[-1] <= MOST_ID and (ids[1:] > ids[:-1]).all())
    finite = all(bool(np.isfinite(arrays[name]).all()) for name in ("points", "mean", "directions"))
    return ascend and finite and is_number(about.get("explained"), 0, 1) and about["count"] >= 0
