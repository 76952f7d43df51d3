"""Rows of data-set libraries for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from indexer.arrays import FloatArray
from indexer.data_sets.columns import EMBEDDING, ID, row_id, schema_of
from indexer.data_sets.description import Description
from indexer.data_sets.pictures_table import PicturesTable
from indexer.files.formats import VIDEO_FORMATS
from indexer.store.embeddings import embeddings_of
from indexer.store.models import active_model
from indexer.store.pictures import paths_of
from indexer.store.roots import root_paths
from indexer.store.store import Store

DIM = 32
FACTS = (
    *("content_hash", "perceptual_hash", "at_ms", "size", "width", "height", "format", "taken_at", "taken_ms"),
    *("taken_from", "camera_make", "camera_model", "lens", "latitude", "longitude", "orientation", "note"),
)
DESCRIPTION = Description("builtin", "f" * 64, DIM, 100.0, None)


def unit(count: int, dim: int = DIM, seed: int = 0) -> FloatArray:
    """Return unit vectors (count, dim)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def rows_of(
    addresses: Sequence[str], vectors: FloatArray, description: Description = DESCRIPTION, **columns: Sequence[Any]
) -> pa.RecordBatch:
    """Return rows with addresses and embeddings, with what `columns` say, and else nothing known of them."""
    schema = schema_of(description)
    none = [None] * len(addresses)
    identities = zip(addresses, columns.get("at_ms", none), columns.get("content_hash", none), strict=True)
    known: dict[str, Any] = {
        **columns,
        ID: [row_id(*identity) for identity in identities],
        "address": addresses,
        EMBEDDING: pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), description.dim),
    }
    arrays = [
        known[field.name]
        if isinstance(known.get(field.name), pa.Array)
        else pa.array(known.get(field.name, none), field.type)
        for field in schema
    ]
    return pa.record_batch(arrays, schema=schema)


def copied(
    folder: Path, address: str, below: str | None = None, only: Callable[[str], bool] = lambda address: True
) -> str:
    """Make a data set of what a local library holds, without encoding anything again; return its address.

    The addresses are the paths, or what these are in their roots `below` a URL; of all only some may be taken.
    """
    columns = [name for name in schema_of(DESCRIPTION).names if name in FACTS]
    with Store.open(folder) as store:
        model = active_model(store)
        assert model is not None
        ids, vectors = embeddings_of(store, model, [row[0] for row in store.db.execute("SELECT id FROM images")])
        images = ids.tolist()
        paths, description = paths_of(store, images), Description.of(model)
        select = f"SELECT id, {', '.join(columns)} FROM images WHERE id IN ({{marks}})"
        known_roots = root_paths(store)
        roots = store.db.rows_in("SELECT id, root FROM images WHERE id IN ({marks})", images)
        folders = {image: known_roots[root] for image, root in roots}
        facts = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in store.db.rows_in(select, images)}
    known = {name: [facts[image][name] for image in images] for name in columns}
    known["at_ms"] = [facts[i]["at_ms"] if facts[i]["format"] in VIDEO_FORMATS else None for i in images]
    addresses = [str(paths[image]) for image in images]
    if below is not None:
        addresses = [f"{below}/{paths[image].relative_to(folders[image]).as_posix()}" for image in images]
    known["source"] = [below or str(folders[image]) for image in images]
    table = PicturesTable.create(address, description)
    rows = rows_of(addresses, vectors, description, **known)
    rows = rows.filter(pa.array([only(address) for address in addresses], pa.bool_()))
    if len(rows):
        table.commit([rows])
    return address
