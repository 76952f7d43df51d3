"""The index of a data-set library's embeddings: IVF_RQ, four bits a dimension, made of enough rows and kept up to date.

What is committed after it was made is searched without it, all of it, so results are never stale, only slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from indexer.data_sets.columns import EMBEDDING
from indexer.data_sets.lance_tables import storage_options, written
from indexer.errors import LibraryError
from indexer.installation import install_command, is_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

METRIC = "cosine"  # the embeddings are of unit length, so it finds what the product does
LEAST_ROWS = 20_000  # below, a search without an index takes some milliseconds
ROWS_OF_PART = 4096  # as Lance has them; lance-ray would take the root of all
BITS = 4  # of each dimension: 256 bytes for 512. One takes a quarter, but needs eight times the candidates
FLAT_BITS = 16  # of an index that holds the embeddings themselves
GROWN = 4  # times the rows that its parts were made for: then it is trained anew
MOST_PIECES = 8  # that were added to it; each is searched, and they are merged then
IndexState = Literal["none", "made", "updated", "merged", "trained anew", "up to date"]
Engine = Literal["local", "ray"]


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An index that is there."""

    name: str
    partitions: int
    pieces: int
    rows: int  # that it holds
    rest: int  # rows that it does not
    bits: int  # of each dimension, as far as it is of the kind that is made here; else 0


def vector_index(dataset: Any) -> VectorIndex | None:
    """Return the index at a dataset's version; None if there is none."""
    for name in {index.name for index in dataset.describe_indices() if list(index.field_names) == [EMBEDDING]}:
        said = dataset.stats.index_stats(name)
        pieces = [piece for piece in said["segments"] if "num_partitions" in piece]
        if pieces:
            parts, bits = max(int(piece["num_partitions"]) for piece in pieces), min(map(_bits, pieces))
            rows, rest = int(said["num_indexed_rows"]), int(said["num_unindexed_rows"])
            return VectorIndex(name, parts, len(pieces), rows, rest, bits)
    return None


def _bits(piece: Mapping[str, Any]) -> int:
    """Return how many bits a piece has for each dimension; 0 for one of a kind that is not made here."""
    kind = piece.get("index_type")
    if kind == "IVF_FLAT":
        return FLAT_BITS
    return int(piece["sub_index"].get("num_bits", 0)) if kind == "IVF_RQ" else 0


def bring_up_to_date(address: str, dataset: Any, engine: Engine, least_rows: int = LEAST_ROWS) -> IndexState:
    """Make, extend or retrain the index as it is due, and return what was done; raises LibraryError."""
    index = vector_index(dataset)
    rows = dataset.count_rows()
    if index is None:
        if rows < least_rows:
            return "none"
        written(address, dataset, _making(address, dataset, engine))
        return "made"
    if rows > GROWN * max(index.partitions * ROWS_OF_PART, least_rows) or 0 < index.bits < BITS:
        written(address, dataset, _making(address, dataset, engine))
        return "trained anew"
    if index.pieces > MOST_PIECES:
        written(address, dataset, lambda: _update(dataset, index, index.pieces))
        return "merged"
    if index.rest:
        written(address, dataset, lambda: _update(dataset, index, None))
        return "updated"
    return "up to date"


def _update(dataset: Any, index: VectorIndex, merged: int | None) -> None:
    """Add the rows that an index does not hold yet, and merge so many of its pieces, or as many as Lance likes."""
    pieces = {} if merged is None else {"num_indices_to_merge": merged}
    dataset.optimize.optimize_indices(index_names=[index.name], **pieces)


def _making(address: str, dataset: Any, engine: Engine) -> Callable[[], object]:
    """Return what makes the index, in place of the one that is there: in this process, or with Ray on many machines.

    RQ takes dimensions that are a multiple of 8; of others the embeddings themselves stand in the index.
    """
    kind = "IVF_RQ" if dataset.schema.field(EMBEDDING).type.list_size % 8 == 0 else "IVF_FLAT"
    parts = {"num_partitions": max(1, dataset.count_rows() // ROWS_OF_PART)}
    bits = {"num_bits": BITS} if kind == "IVF_RQ" else {}
    if engine == "local":
        return lambda: dataset.create_index(EMBEDDING, kind, metric=METRIC, replace=True, **parts, **bits)
    if not is_installed("ray"):
        raise LibraryError(f"--engine ray needs the extra ray; run: {install_command('ray')}")
    import lance_ray

    options = storage_options(address)
    return lambda: lance_ray.create_index(
        dataset.uri, EMBEDDING, kind, metric=METRIC, replace=True, storage_options=options, **parts, **bits
    )
