"""Counts and sizes of a library."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from indexer.store.embeddings import count_by_precision
from indexer.store.models import active_model, int8_verdict
from indexer.store.roots import count_by_root, roots
from indexer.store.store import DATABASE_NAME, Store
from search.filters.unjudged import DATED, PLACED, count_with
from search.index.due import count_changes
from search.index.files import index_file
from search.places.facets import count_places
from search.results import LibraryInfo, RootInfo

CITIES = 20  # of which the pictures are counted


def library_info(store: Store, say: Callable[[str], None] = lambda line: None) -> LibraryInfo:
    """Return a library's model, counts, sizes and roots, also if nothing is indexed yet.

    `say` is told before what takes long.
    """
    places = count_places(store, say=say)
    model = active_model(store)
    pictures = count_by_root(store)
    file = index_file(store, model) if model else None

    def count(sql: str) -> int:
        return int(store.db.execute(sql, [model.id if model else None]).fetchone()[0])

    return LibraryInfo(
        folder=store.folder,
        model=model.name if model else None,
        fingerprint=model.fingerprint if model else None,
        dim=model.dim if model else None,
        pictures=sum(pictures.values()),
        dated=count_with(store, DATED),
        placed=count_with(store, PLACED),
        countries=places.countries,
        cities=dict(itertools.islice(places.places.items(), CITIES)),
        embeddings=count("SELECT count(*) FROM embeddings WHERE model = ?"),
        precisions=count_by_precision(store, model) if model else {},
        int8=int8_verdict(store, model) if model else None,
        texts=count("SELECT count(*) FROM texts WHERE model = ?"),
        labels=count("SELECT count(*) FROM labels JOIN label_sets s ON s.id = label_set WHERE s.model = ?"),
        failures=int(store.db.execute("SELECT count(*) FROM failures").fetchone()[0]),
        database_bytes=_size_of_database(store),
        faiss_bytes=file.bytes if file else 0,
        index="compressed" if file else "exact",
        index_recall=file.state.effort.recall if file else 1.0,
        index_changes=count_changes(store, model) if file and model else 0,
        roots=tuple(RootInfo(root.path, pictures.get(root.id, 0), root.indexed_at) for root in roots(store)),
    )


def _size_of_database(store: Store) -> int:
    """Return the bytes of the database with its write-ahead log."""
    if store.folder is None:
        return 0
    return sum(file.stat().st_size for file in store.folder.glob(DATABASE_NAME + "*"))
