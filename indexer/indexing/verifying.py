"""Drops damaged embeddings, so that a run encodes their pictures again: an embedding is derived, the picture is not.

A run can't read a million of them each time. Triggers count every change, whoever writes (m002), so that only what has
changed since all were last found sound is looked at; what a search finds damaged has all looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.damage import note_damage
from indexer.errors import LibraryDamaged
from indexer.store.models import StoredModel
from indexer.store.soundness import is_id, unit_vectors
from indexer.store.store import Store

FEW_EMBEDDINGS = 20_000  # are read in some 50 ms
ROWS_AT_ONCE = 8192
PROBED = 64  # embeddings that tell whether it is the model's row that is wrong


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of looking at embeddings."""

    read: int
    bad: Sequence[int]  # rowids in the table


def drop_damaged(store: Store, model: StoredModel) -> int:
    """Drop the embeddings of a model that were written since it was last verified and are damaged; return how many.

    Raises LibraryDamaged if not one of them fits the model: then its row is wrong, not a million embeddings.
    """
    if store.read_only or ((state := _verified(store, model)) == model.generation and not store.doubtful):
        return 0
    few = _count(store, model) <= FEW_EMBEDDINGS
    found = verify(store, model, changed_only=not few and state is not None and not store.doubtful)
    if found.bad:
        note_damage("dropped embedding", found.bad)
        drop(store, found.bad)
    remember_verified(store, model)
    store.doubtful.discard(model.id)
    return len(found.bad)


def verify(
    store: Store, model: StoredModel, *, changed_only: bool = False, progress: Callable[[int], None] = lambda _: None
) -> Verified:
    """Look at all embeddings of a model, or those of pictures that changed since the index file was made."""
    check_dim(store, model)
    bad: list[int] = []
    read = 0
    for block in _blocks(store, model, changed_only):
        named = [row for row in block if is_id(row[1])]
        _, sound = unit_vectors([row[2] for row in named], model.dim, "<f2")
        bad += [row[0] for row in block if not is_id(row[1])]
        bad += [row[0] for row, is_sound in zip(named, sound, strict=True) if not is_sound] if not sound.all() else []
        read += len(block)
        progress(read)
    return Verified(read, bad)


def check_dim(store: Store, model: StoredModel) -> None:
    """Raise LibraryDamaged if embeddings agree on another length than the model's row says."""
    dim = dim_of_embeddings(store, model.id)
    if dim is not None and dim != model.dim:
        raise LibraryDamaged(
            f"The library says that its model has {model.dim} dimensions, but its embeddings have {dim}; "
            "clipsearch check mends that."
        )


def dim_of_embeddings(store: Store, model: int) -> int | None:
    """Return the dimension on which the first embeddings of a model agree; None if they do not."""
    kinds = store.db.execute(
        "SELECT DISTINCT typeof(vector), length(vector) FROM (SELECT vector FROM embeddings WHERE model = ? LIMIT ?)",
        [model, PROBED],
    ).fetchall()
    return kinds[0][1] // 2 if len(kinds) == 1 and kinds[0][0] == "blob" and kinds[0][1] > 2 else None


def drop(store: Store, rowids: Sequence[int]) -> None:
    """Drop embeddings by the rowids of their rows."""
    with store.writing():
        store.db.conn.executemany("DELETE FROM embeddings WHERE rowid = ?", [(rowid,) for rowid in rowids])


def _blocks(store: Store, model: StoredModel, changed_only: bool) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows (rowid, image, vector), some at a time."""
    changed = "image IN (SELECT image FROM index_changes WHERE model = ?) AND" if changed_only else ""
    values = [model.id, model.id] if changed_only else [model.id]
    cursor = store.db.execute(
        f"SELECT rowid, image, vector FROM embeddings WHERE {changed} {'' if changed_only else '+'}model = ?", values
    )
    while block := cursor.fetchmany(ROWS_AT_ONCE):
        yield block


def _verified(store: Store, model: StoredModel) -> int | None:
    row = store.db.execute("SELECT verified FROM models WHERE id = ?", [model.id]).fetchone()
    return row[0] if row and type(row[0]) is int else None


def _count(store: Store, model: StoredModel) -> int:
    return int(store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [model.id]).fetchone()[0])


def remember_verified(store: Store, model: StoredModel) -> None:
    """Store that all embeddings are sound now; later changes of the generation tell of others."""
    with store.writing():
        store.db.execute("UPDATE models SET verified = generation WHERE id = ?", [model.id])
