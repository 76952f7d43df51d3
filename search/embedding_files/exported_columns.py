"""The columns of exported embeddings: first what people and other programs look for, then what an import needs.

A row is a picture, or a moment of a video. Binary hashes are hexadecimal, since few viewers show bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from indexer.data_sets.columns import EMBEDDING, ID, schema_of
from indexer.data_sets.description import METADATA_KEY
from search.library.hits import camera

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.data_sets.description import Description

Precision = Literal["fp16", "fp32"]
PATH, AT = "path", "at"
SEEN_FIRST = ("width", "height", "format", "size", "taken_at", "camera", "latitude", "longitude", "caption")
HEX = ("content_hash", "perceptual_hash")
RENAMED = ("address", "at_ms")  # are `path`, and `at` in seconds


class Added(Protocol):
    """Columns that only some exports have."""

    @property
    def fields(self) -> Sequence[pa.Field]:
        """The columns."""

    def of(self, ids: Sequence[str], vectors: NDArray[np.float16]) -> Sequence[pa.Array]:
        """Return their values for rows, by ids and embeddings (n, dim)."""


@dataclass(frozen=True, slots=True)
class ExportedColumns:
    """What is written of each row of a library, whose model the schema names."""

    description: Description
    precision: Precision = "fp32"
    added: tuple[Added, ...] = ()

    def schema(self) -> pa.Schema:
        """Return the schema, with the model in its metadata under the key that data sets have it under, too."""
        import pyarrow as pa

        known = schema_of(self.description)
        about = json.dumps(asdict(self.description) | {"normalized": True}).encode()
        fields = [pa.field(ID, pa.string()), pa.field(PATH, pa.string()), pa.field(AT, pa.float64())]
        fields += [_plain(known, name) for name in SEEN_FIRST]
        fields += [field for added in self.added for field in added.fields]
        fields += [_plain(known, name) for name in self._needed(known)]
        number = pa.float16() if self.precision == "fp16" else pa.float32()
        fields.append(pa.field(EMBEDDING, pa.list_(number, self.description.dim)))
        return pa.schema(fields, metadata={METADATA_KEY: about})

    def batch(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows of a library as they are exported."""
        import pyarrow as pa

        schema = self.schema()
        vectors = vectors_of(rows[EMBEDDING], self.description.dim)
        made = {EMBEDDING: self._embedding(vectors)}
        for added in self.added:
            names = [field.name for field in added.fields]
            made |= dict(zip(names, added.of(rows[ID].to_pylist(), vectors), strict=True))
        arrays = [made[field.name] if field.name in made else _values(rows, field.name, field.type) for field in schema]
        return pa.record_batch(arrays, schema=schema)

    def _needed(self, known: pa.Schema) -> list[str]:
        """Return the columns that an import needs and that do not stand among the first."""
        return [name for name in known.names if name not in (ID, EMBEDDING, *RENAMED, *SEEN_FIRST)]

    def _embedding(self, vectors: NDArray[np.float16]) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        numbers = vectors.astype(np.float16 if self.precision == "fp16" else np.float32, copy=False)
        return pa.FixedSizeListArray.from_arrays(pa.array(numbers.ravel()), self.description.dim)


def vectors_of(column: pa.Array, dim: int) -> NDArray[np.float16]:
    """Return a library's column of embeddings as (n, dim)."""
    import numpy as np

    return np.asarray(column.flatten().to_numpy(zero_copy_only=False), dtype=np.float16).reshape(-1, dim)


def _plain(known: pa.Schema, name: str) -> pa.Field:
    """Return an exported column: as the library has it, but text where that is bytes."""
    import pyarrow as pa

    is_text = name in HEX or name not in known.names
    return pa.field(name, pa.string() if is_text else known.field(name).type)


def _values(rows: pa.RecordBatch, name: str, kind: pa.DataType) -> pa.Array:
    """Return what a column of an export has of rows of a library."""
    import pyarrow as pa

    if name == AT:
        return pa.array([None if value is None else value / 1000 for value in rows["at_ms"].to_pylist()], kind)
    if name == "camera":
        return pa.array(list(map(camera, rows["camera_make"].to_pylist(), rows["camera_model"].to_pylist())), kind)
    if name in HEX:
        return pa.array([None if value is None else value.hex() for value in rows[name].to_pylist()], kind)
    return rows["address" if name == PATH else name]
