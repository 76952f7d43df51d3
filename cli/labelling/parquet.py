"""Labelled pictures as rows of a Parquet file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from indexer.paths import readable

if TYPE_CHECKING:
    import pyarrow as pa

    from search.results import AnyLabelled

AT_ONCE = 8_192  # pictures


def labels_schema(named: Sequence[str], columns: Sequence[str], top: int | None, multi: bool) -> pa.Schema:
    """Return the schema: what names a picture, its label, and the probability of each class or of the `top` ones."""
    import pyarrow as pa

    pairs = pa.list_(pa.struct([("class", pa.string()), ("probability", pa.float32())]))
    fields: list[tuple[str, Any]] = [(name, pa.string()) for name in named]
    fields += [("at", pa.float64()), ("class", pa.string()), ("probability", pa.float32()), ("margin", pa.float32())]
    fields += [("labels", pairs)] if multi else []
    fields += [(f"p({name})", pa.float32()) for name in columns] if top is None else [("best", pairs)]
    return pa.schema(fields)


def labels_batches(
    schema: pa.Schema, pictures: Iterable[AnyLabelled], named: Sequence[str], top: int | None, multi: bool
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of pictures, some thousands at once."""
    import pyarrow as pa

    rest = iter(pictures)
    while some := list(itertools.islice(rest, AT_ONCE)):
        yield pa.RecordBatch.from_pylist([_row(picture, named, top, multi) for picture in some], schema)


def _row(picture: AnyLabelled, named: Sequence[str], top: int | None, multi: bool) -> dict[str, Any]:
    row: dict[str, Any] = {name: readable(getattr(picture, name)) for name in named}
    row |= {"at": picture.at, "class": picture.best, "probability": picture.probability, "margin": picture.margin}
    if multi:
        row["labels"] = _pairs(picture.labels)
    if top is not None:
        best = sorted(picture.probabilities.items(), key=lambda pair: -pair[1])
        return {**row, "best": _pairs(best[:top])}
    return {**row, **{f"p({name})": value for name, value in picture.probabilities.items()}}


def _pairs(labels: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"class": name, "probability": probability} for name, probability in labels]
