"""Rows of a library from those of files: columns by their names, whoever wrote them, and an address for each."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.addresses import is_url
from indexer.data_sets.columns import EMBEDDING, ID, row_id, schema_of
from indexer.data_sets.texts import from_column, json_column, to_column
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.timestamps import is_timestamp
from indexer.spelling import composed
from indexer.store.store import now
from search.embedding_files.exported_columns import AT, HEX, PATH
from search.embedding_imports.exif_texts import EXIF, metadata_in
from search.embedding_imports.reading import paths_in

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.data_sets.description import Description
    from indexer.metadata.metadata import Metadata
    from search.embedding_imports.findings import Findings
    from search.embedding_imports.reading import Rows

ALIKE = {  # columns of others that say what one of ours does; the first that is there
    "width": ("original_width", "width"),
    "height": ("original_height", "height"),
    "caption": ("caption", "TEXT", "text", "txt"),
    "taken_at": ("taken_at", "date_taken", "datetime_original", "DateTimeOriginal"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
}
MADE = {  # what is made of other columns when embeddings are exported
    *(PATH, AT, ID, EMBEDDING, "camera", "x", "y", "label", "probability", "labels"),
    *("url", "image_path", "key", "status", "error_message", "original_width", "original_height"),
}
BOUNDS = {"latitude": 90.0, "longitude": 180.0}
TOGETHER = (  # what is taken of EXIF where no column says any of it
    ("taken_at", "taken_ms", "taken_from"),
    ("latitude", "longitude"),
    ("camera_make", "camera_model"),
    ("lens",),
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where pictures are, of the paths that files name."""

    root: str | None = None  # a folder, or a URL, that relative paths start from
    folders: tuple[str, ...] | None = None  # of a local library: those that its pictures are below

    def of(self, text: str, findings: Findings) -> str:
        """Return the address of a picture, or note what is wrong with its path."""
        if is_url(text):
            if self.folders is not None:
                findings.note("url", text)
            return text
        if not Path(text).is_absolute():
            return self._joined(text, findings)
        path = os.path.normpath(text)
        if self.folders is not None and not any(_is_below(path, folder) for folder in self.folders):
            findings.note("outside", text)
        return path

    def _joined(self, text: str, findings: Findings) -> str:
        if self.root is None:
            findings.note("relative", text)
            return text
        relative = os.path.normpath(text)
        if relative.startswith(".."):
            findings.note("outside", text)
        return f"{self.root.rstrip('/')}/{relative}" if is_url(self.root) else os.path.join(self.root, relative)


def _is_below(path: str, folder: str) -> bool:
    return composed(path).startswith(composed(folder).rstrip(os.sep) + os.sep)


class ImportedColumns:
    """How the rows of one file become rows of a library."""

    def __init__(
        self, description: Description, names: Sequence[str], path: str, addresses: Addresses, findings: Findings
    ) -> None:
        """Take the columns of the file, and which of them has the paths."""
        self._description, self._path, self._addresses, self._findings = description, path, addresses, findings
        known = [
            field.name for field in schema_of(description) if field.name not in (ID, EMBEDDING, "address", "at_ms")
        ]
        pairs = ((name, next((one for one in ALIKE.get(name, (name,)) if one in names), None)) for name in known)
        self._from = {name: found for name, found in pairs if found is not None and found != path}
        self._at = next((name for name in ("at_ms", AT) if name in names), None)
        taken = {*self._from.values(), *MADE, path, "at_ms", "address"}
        self._others = [name for name in names if name not in taken and not name.startswith("__index_level_")]

    @cached_property
    def schema(self) -> pa.Schema:
        """The schema of the library."""
        return schema_of(self._description)

    def batch(self, rows: Rows, vectors: NDArray[np.float16]) -> pa.RecordBatch:
        """Return rows of the library, with embeddings that are sound."""
        import pyarrow as pa

        facts = rows.facts
        made = {field.name: self._values(facts, field) for field in self.schema}
        if EXIF in facts.schema.names:
            made |= _completed(made, [metadata_in(text) for text in facts[EXIF].to_pylist()])
        addresses = self._addressed(self._paths(facts, rows.where))
        times = made["at_ms"].to_pylist()
        digests = made["content_hash"].to_pylist()
        made["address"] = pa.array([to_column(address) for address in addresses], pa.string())
        made[ID] = pa.array(list(map(row_id, addresses, times, digests)), pa.string())
        made[EMBEDDING] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), self._description.dim)
        return pa.record_batch([made[field.name] for field in self.schema], schema=self.schema)

    def _paths(self, facts: pa.RecordBatch, where: str) -> list[str | None]:
        """Return the paths of rows; where clip-retrieval has no URL it has the path of a file."""
        paths = paths_in(facts[self._path], self._path, where)
        if self._path != "url" or "image_path" not in facts.schema.names:
            return paths
        others = paths_in(facts["image_path"], "image_path", where)
        return [url or path for url, path in zip(paths, others, strict=True)]

    def _addressed(self, paths: list[str | None]) -> list[str]:
        """Return the addresses of pictures; one without a path, or with none that a file can have, is noted."""
        addresses = []
        for path in paths:
            if path is None or path.strip() == "" or "\0" in path:
                self._findings.note("no path", "")
                addresses.append("")
            else:
                addresses.append(self._addresses.of(from_column(path), self._findings))
        return addresses

    def _values(self, facts: pa.RecordBatch, field: pa.Field) -> pa.Array:
        """Return what rows say for a column of the library; null for what can't be that."""
        import pyarrow as pa

        none = pa.nulls(facts.num_rows, field.type)
        if field.name == "at_ms":
            return none if self._at is None else _milliseconds(facts[self._at], self._at, none)
        if field.name in self._from:
            return _cast(facts[self._from[field.name]], field, none)
        match field.name:
            case "extra" if self._others:
                return pa.array(self._extra(facts), field.type)
            case "indexed_at":
                return pa.array([now()] * facts.num_rows, field.type)
            case "source" if self._addresses.root is not None:
                return pa.array([to_column(self._addresses.root)] * facts.num_rows, field.type)
        return none

    def _extra(self, facts: pa.RecordBatch) -> list[str | None]:
        """Return what else rows say, each as a JSON object."""
        rows = facts.select([name for name in self._others if _is_simple(facts[name])]).to_pylist()
        if not rows:
            return [None] * facts.num_rows
        return [json_column({name: value for name, value in row.items() if value is not None}) for row in rows]


def _completed(made: dict[str, pa.Array], said: Sequence[Metadata]) -> dict[str, pa.Array]:
    """Return columns with what EXIF says of rows that say nothing of it themselves."""
    import pyarrow as pa

    columns: dict[str, pa.Array] = {}
    for names in TOGETHER:
        values = {name: made[name].to_pylist() for name in names}
        for row, metadata in enumerate(said):
            if all(column[row] is None for column in values.values()):
                for name, column in values.items():
                    column[row] = getattr(metadata, name)
        columns |= {name: pa.array(column, made[name].type) for name, column in values.items()}
    return columns


def _is_simple(column: pa.Array) -> bool:
    import pyarrow as pa

    kind = column.type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating)
    return any(test(kind) for test in (*tests, pa.types.is_boolean))


def _milliseconds(column: pa.Array, name: str, none: pa.Array) -> pa.Array:
    """Return the moments of videos."""
    import pyarrow as pa

    try:
        factor = 1000 if name == AT else 1
        return pa.array([_moment(value, factor) for value in column.to_pylist()], none.type)
    except (TypeError, ValueError, OverflowError, pa.ArrowException):
        return none


def _moment(value: float | None, factor: int) -> int | None:
    """Return a time in milliseconds; None for what is none."""
    return round(value * factor) if value is not None and math.isfinite(value) and value >= 0 else None


def _cast(column: pa.Array, field: pa.Field, none: pa.Array) -> pa.Array:
    """Return a column as the library has it, null where it does not fit."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if field.name in HEX and not pa.types.is_binary(column.type):
            return pa.array([_bytes(value) for value in column.to_pylist()], field.type)
        if field.name == "taken_at":
            return pa.array(list(map(_taken_at, column.to_pylist())), field.type)
        if pa.types.is_floating(column.type):  # pandas has whole numbers as these, with NaN for none
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        if pa.types.is_string(field.type) and not _is_simple(column):
            return none
        return _bounded(pc.cast(column, field.type), field)
    except (ValueError, pa.ArrowException):
        return none


def _taken_at(value: Any) -> str | None:
    """Return a date of any kind or spelling as libraries have them; None for what is none."""
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and is_timestamp(value):
        return value
    time = parse_timestamp(value)
    return None if time is None else time.text


def _bounded(column: pa.Array, field: pa.Field) -> pa.Array:
    """Return a column of places without those that are not on this globe."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if field.name not in BOUNDS:
        return column
    inside = pc.less_equal(pc.abs(column), BOUNDS[field.name])
    return pc.if_else(inside, column, pa.scalar(None, field.type))


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes.fromhex(str(value))
