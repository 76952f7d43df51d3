"""Counts and sizes of a library."""

from __future__ import annotations

from pathlib import Path

from indexer.store.store import Store
from search.library.info import library_info
from search.library.library import Library
from tests.queries import nearest


def test_info_counts(library: Library, photos: Path) -> None:
    nearest(library, "red")
    info = library_info(library.store)
    assert (info.model, info.dim, info.pictures, info.embeddings, info.texts) == ("colour", 3, 3, 3, 2)
    assert info.database_bytes > 0 and (info.index, info.index_recall, info.faiss_bytes) == ("exact", 1.0, 0)
    assert [(root.path, root.pictures) for root in info.roots] == [(photos, 3)]
    assert (info.dated, info.placed) == (0, 0)
    library.store.db.execute("UPDATE images SET taken_at = '2019' WHERE id < 3")
    library.store.db.execute("UPDATE images SET latitude = 1.0, longitude = 2.0 WHERE id = 3")
    assert (library_info(library.store).dated, library_info(library.store).placed) == (2, 1)
    with Store.in_memory() as empty:
        assert library_info(empty).model is None
