"""The labels of a data set's pictures as rows of a Parquet file, whole blocks at once: there may be many millions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from search.data_set_answers.labelled import Block, DataSetLabels

NAMED = ("id", "address")


def label_batches(done: DataSetLabels, schema: pa.Schema, top: int | None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all pictures, as `schema` (labels_schema) has them."""
    for block in done.blocks():
        yield _batch(block, done, schema, top)


def _batch(block: Block, done: DataSetLabels, schema: pa.Schema, top: int | None) -> pa.RecordBatch:
    import pyarrow as pa

    judge, verdicts, count = done.judge, block.verdicts, len(block.rows)
    starts = np.searchsorted(verdicts.rows, np.arange(count + 1)).astype(np.int32)
    names, given = pa.array(judge.names), verdicts.probabilities
    columns = {
        **{name: block.rows[name] for name in NAMED},
        "at": pa.array(block.times, pa.float64()),
        "class": names.take(pa.array(verdicts.labels[starts[:-1]])),
        "probability": pa.array(given[starts[:-1]]),
        "margin": pa.array(verdicts.margins.astype(np.float32)),
    }
    if judge.recipe.multi:
        columns["labels"] = _lists(starts, names.take(pa.array(verdicts.labels)), pa.array(given))
    if top is None:
        columns |= {f"p({name})": pa.array(block.chances[:, row]) for row, name in enumerate(judge.columns)}
    else:
        columns["best"] = _best(block.chances, pa.array(judge.columns), top)
    return pa.record_batch([columns[name].cast(schema.field(name).type) for name in schema.names], schema=schema)


def _best(chances: NDArray[np.float32], names: pa.Array, top: int) -> pa.Array:
    """Return the best classes of each picture with their probabilities."""
    import pyarrow as pa

    kept = min(top, chances.shape[1])
    best = np.argsort(-chances, axis=1, kind="stable")[:, :kept]
    starts = np.arange(len(chances) + 1, dtype=np.int32) * kept
    values = np.take_along_axis(chances, best, axis=1).ravel()
    return _lists(starts, names.take(pa.array(best.ravel())), pa.array(values))


def _lists(starts: NDArray[np.int32], names: pa.Array, probabilities: pa.Array) -> pa.Array:
    import pyarrow as pa

    pairs = pa.StructArray.from_arrays([names, probabilities], ["class", "probability"])
    return pa.ListArray.from_arrays(pa.array(starts, pa.int32()), pairs)
