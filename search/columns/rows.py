"""Rows of pictures in blocks, without those that are damaged as search/library/hits.py leaves them out.

A block in which all are sound is known by its types and sums; only in another one each row is looked at.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from indexer.damage import note_damage
from indexer.store.soundness import MOST_NUMBER, are_ids, is_count, is_id, is_name

if TYPE_CHECKING:
    from indexer.store.store import Store

ROWS = 20_000  # in a block

Block = list[Sequence[Any]]  # columns: id, root, path, path_bytes, at_ms, size, width, height, format, and more


@contextmanager
def reading_texts(store: Store, factory: Any) -> Iterator[None]:
    """In the block, have SQLite make texts by another function: `str` is the quickest, and raises for odd bytes.

    Meanwhile Python looks for no garbage, which would take as long again: rows are no circles.
    """
    before, collects = store.db.conn.text_factory, gc.isenabled()
    store.db.conn.text_factory = factory
    gc.disable()
    try:
        yield
    finally:
        store.db.conn.text_factory = before
        if collects:
            gc.enable()


def sound_blocks(cursor: sqlite3.Cursor, roots: Collection[int]) -> Iterator[Block]:
    """Yield the columns of sound rows in known roots, block by block, without empty blocks."""
    while rows := cursor.fetchmany(ROWS):
        block: Block = list(zip(*rows, strict=True))
        if not _all_are_sound(block, roots):
            sound = [row for row in rows if _is_sound(row, roots)]
            note_damage("picture", (row[0] for row in rows if not _is_sound(row, roots)))
            block = list(zip(*sound, strict=True))
        if block:
            yield block


def _all_are_sound(block: Block, roots: Collection[int]) -> bool:
    """Return whether all rows are sound, by what is quick to tell; False for some that are."""
    ids, in_roots, paths, raws, *counts = block[:8]
    texts = {*map(type, paths), *map(type, block[8])}
    if not are_ids(ids) or texts != {str} or any(raws) or not set(in_roots) <= set(roots):
        return False
    joined = "\n".join(paths)
    if "\0" in joined or ".." in joined or "\n/" in joined or joined.startswith("/") or "" in paths:
        return False
    return all(
        set(map(type, values)) == {int} and min(values) >= -MOST_NUMBER and max(values) <= MOST_NUMBER
        for values in counts
    )


def _is_sound(row: Sequence[Any], roots: Collection[int]) -> bool:
    """Return whether a row is a hit."""
    image, root, path, raw, *counts = row[:8]
    return is_id(image) and root in roots and is_name(path, raw) and all(map(is_count, counts)) and type(row[8]) is str
