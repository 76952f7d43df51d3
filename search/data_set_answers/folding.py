"""Copies of a picture folded behind the largest of them, by the very rules of a local library (folding/stacks.py).

The rows that were found are put into a local library in memory, which those rules read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.data_sets.columns import ID
from indexer.store.models import remember_row
from indexer.store.store import Store
from search.data_set_answers.found import vectors_of
from search.data_set_answers.hits import hits_of
from search.folding.stacks import nearest_stacks

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.arrays import FloatArray
    from indexer.store.models import StoredModel
    from search.data_set_answers.hits import DataSetHit
    from search.data_sets.opened import OpenDataSet

LOOKS = ("content_hash", "perceptual_hash", "taken_ms")  # what is looked at besides what hits are made of

Found = tuple["pa.Table", "FloatArray"]  # rows, with COLUMNS, LOOKS and embeddings, and their scores; best first


def folded_hits(
    opened: OpenDataSet, search: Callable[[int], Found], k: int, found: Found, lowest: float
) -> list[DataSetHit]:
    """Return the k nearest stacks as hits with copies; `search` returns so many of the nearest, as `found` are."""
    with Store.in_memory() as store:
        seen = _Seen(store, remember_row(store, opened.model.name, opened.model))
        stacks = nearest_stacks(store, seen.model, lambda count: seen.add(*search(count)), k, seen.add(*found), lowest)
        rows = [[seen.hits[image] for image, _ in (stack.shown, *stack.copies)] for stack in stacks]
    return [replace(shown, copies=tuple(copies)) if copies else shown for shown, *copies in rows]


class _Seen:
    """Rows of a data set as pictures of a library in memory."""

    def __init__(self, store: Store, model: StoredModel) -> None:
        self._store, self.model = store, model
        self._numbers: dict[str, int] = {}
        self.hits: dict[int, DataSetHit] = {}
        with store.writing():
            store.db.execute("INSERT INTO roots (id, path, added_at) VALUES (1, '/', '')")

    def add(self, rows: pa.Table, scores: FloatArray) -> list[tuple[int, float]]:
        """Take rows in, and return their numbers with their scores."""
        listed = scores.tolist()
        for hit in hits_of(rows, listed):
            number = self._numbers.setdefault(hit.id, len(self._numbers) + 1)
            self.hits[number] = hit
        numbers = [self._numbers[one] for one in rows[ID].to_pylist()]
        self._store_rows(rows, numbers)
        return list(zip(numbers, listed, strict=True))

    def _store_rows(self, rows: pa.Table, numbers: list[int]) -> None:
        names = ("at_ms", "size", "width", "height", "format", "taken_at", "taken_from")
        known = zip(numbers, *(rows[name].to_pylist() for name in (*names, *LOOKS)), strict=True)
        images = [
            (number, str(number), at or 0, size or 0, width or 0, height or 0, form or "", *rest)
            for number, at, size, width, height, form, *rest in known
        ]
        vectors = [(number, row.astype("<f2").tobytes()) for number, row in zip(numbers, vectors_of(rows), strict=True)]
        listed = ", ".join(("id", "path", *names, *LOOKS))
        with self._store.writing():
            self._store.db.conn.executemany(
                f"INSERT OR IGNORE INTO images ({listed}, root, mtime_ns, indexed_at)"
                f" VALUES ({', '.join('?' * (2 + len(names) + len(LOOKS)))}, 1, 0, '')",
                images,
            )
            self._store.db.conn.executemany(
                f"INSERT OR IGNORE INTO embeddings (image, model, vector) VALUES (?, {self.model.id}, ?)", vectors
            )
