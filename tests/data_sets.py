"""Rows of data-set libraries for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from indexer.arrays import FloatArray
from indexer.data_sets.columns import EMBEDDING, ID, row_id, schema_of
from indexer.data_sets.description import Description

DIM = 32
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
