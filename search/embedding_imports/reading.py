"""How embeddings come out of files: one reader for each layout, behind a protocol, and rows as all of them give them.

What a reader refuses when it is opened is what a file is: its columns, its head, its length. What the rows hold is
looked at in checking.py.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from indexer.data_sets.description import METADATA_KEY, Description
from indexer.errors import LibraryDamaged, SourceError
from indexer.paths import readable
from indexer.store.soundness import MOST_DIM

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

READ_ROWS = 8192  # at once
EMBEDDINGS = (  # what columns of embeddings are called, the first that is there
    *("embedding", "vector", "image_embedding", "image_embeddings", "embeddings", "emb", "img_emb", "image_emb"),
    *("clip_embedding", "clip", "features"),
)
PATHS = (  # what columns of paths and addresses are called, the first that is there
    *("path", "address", "url", "image_path", "URL", "image_url", "file_path", "filepath", "file_name", "filename"),
    *("image", "uri", "key", "__key__", "id"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file."""

    where: str  # the file, as messages name it
    first: int  # the number of the first of them in it
    facts: pa.RecordBatch  # its columns but the embeddings
    vectors: NDArray[Any]  # (n, dim), as they stand there
    without: int = 0  # rows between these that have no embedding, and are left out


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What a person says the columns are called; None: one of the usual names."""

    embedding: str | None = None
    path: str | None = None


class Reader(Protocol):
    """Embeddings in a file, or in a folder in one layout."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def description(self) -> Description | None:
        """The model that it names; None if it names none."""

    @property
    def columns(self) -> Sequence[str]:
        """Its columns, but the embeddings."""

    @property
    def count(self) -> int:
        """How many rows it has."""

    def rows(self) -> Iterator[Rows]:
        """Yield its rows in order; raises SourceError."""


@contextlib.contextmanager
def readable_to_us(path: Path, what: str) -> Iterator[None]:
    """Raise SourceError, with one sentence, for what a library says of a file that it can't read as `what`."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {readable(path)}.") from error
    except PermissionError as error:
        raise SourceError(f"{readable(path)} can't be read: there is no permission to.") from error
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        raise SourceError(f"{readable(path)} is no {what}, or it is cut or damaged; export it again.") from error


def described(metadata: dict[bytes, bytes] | None, name: str) -> Description | None:
    """Return the model that the metadata of a schema name; None if they name none."""
    if METADATA_KEY not in (metadata or {}):
        return None
    try:
        said = Description.read(metadata, name)
    except LibraryDamaged as error:
        raise SourceError(f"What {name} says of its model is damaged; export it again.") from error
    numbers = (said.logit_scale, 0.0 if said.logit_bias is None else said.logit_bias)
    if not (said.model and said.fingerprint and 0 < said.dim <= MOST_DIM and all(map(math.isfinite, numbers))):
        raise SourceError(f"What {name} says of its model can't be true; export it again.")
    return said


def refuse_twins(columns: Sequence[str], where: str) -> None:
    """Raise SourceError if two columns have one name: nothing tells which is meant."""
    twin = next((name for name, count in Counter(columns).items() if count > 1), None)
    if twin is not None:
        raise SourceError(f'{where} has two columns "{readable(twin)}"; rename one of them.')


def refuse_no_texts(facts: pa.RecordBatch, where: str) -> None:
    """Raise SourceError for texts that are not UTF-8, which a library could not be read with."""
    import pyarrow as pa

    for name, column in zip(facts.schema.names, facts.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise SourceError(
                f'The column "{readable(name)}" of {where} has texts that are not UTF-8; write it again as UTF-8, or'
                " leave the column out."
            ) from error


def paths_in(column: pa.Array, name: str, where: str) -> list[str | None]:
    """Return the paths of a column of texts, of bytes as file systems have them, or of numbers as ids are.

    Raises SourceError for a column of anything else.
    """
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_integer)
    if any(is_kind(kind) for is_kind in texts):
        return [None if path is None else str(path) for path in column.to_pylist()]
    if any(is_kind(kind) for is_kind in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)):
        return [None if path is None else os.fsdecode(path) for path in column.to_pylist()]
    if pa.types.is_null(kind):
        return [None] * len(column)
    raise SourceError(
        f'The column "{readable(name)}" of {where} is of type {column.type}, and holds no paths; name another with'
        " --path-column."
    )


def column_among(columns: Sequence[str], wanted: str | None, usual: Sequence[str], what: str, where: str) -> str:
    """Return the name of a column; raises SourceError, which lists those that there are."""
    names = (wanted,) if wanted is not None else usual
    found = next((name for name in names if name in columns), None)
    if found is not None:
        return found
    there = ", ".join(readable(name) for name in columns) or "none"
    option = {"embeddings": "--embedding-column", "paths": "--path-column"}[what]
    sought = f'no column "{wanted}"' if wanted is not None else f"no column of {what} ({', '.join(usual[:4])}, …)"
    raise SourceError(f"{where} has {sought}; it has: {there}; name one with {option}.")


def vectors_in(column: pa.Array, name: str, where: str) -> NDArray[Any]:
    """Return embeddings without nulls as (n, dim); raises SourceError for what is no list of numbers of one length."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column, pa.ExtensionArray):  # such as a tensor of fixed shape
        column = column.storage
    kind = column.type
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if not is_list or not pa.types.is_floating(kind.value_type):
        raise SourceError(f"The column {readable(name)} of {where} is of type {kind}, and no list of floating numbers.")
    lengths = sorted(pc.unique(pc.list_value_length(column)).to_pylist())
    if len(lengths) > 1:
        raise SourceError(
            f"{where} has embeddings of different lengths ({lengths[0]} to {lengths[-1]}); those of one model have one."
        )
    numbers = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(numbers).reshape(len(column), lengths[0] if lengths else 0)


def natural_key(name: str) -> tuple[Any, ...]:
    """Return what sorts names with numbers in them by these: img_emb_10 after img_emb_9."""
    return tuple((0, int(part), part) if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name))
