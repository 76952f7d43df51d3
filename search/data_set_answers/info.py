"""What is in a data set: its model, counts, sources, versions, bytes and index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.data_sets.failures_table import FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.sentences import sentences, shown
from indexer.data_sets.shards_table import ShardsTable
from indexer.data_sets.sources_table import SourcesTable
from indexer.data_sets.vector_index import vector_index
from indexer.data_sets.versions import made_at

if TYPE_CHECKING:
    from indexer.data_sets.sources_table import KnownSource


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source, and when a run last took it up."""

    address: str
    indexed_at: str  # UTC, ISO 8601


@dataclass(frozen=True, slots=True)
class DataSetInfo:
    """A data set at one version; failures, shards and sources are those of now."""

    address: str
    model: str
    fingerprint: str
    dim: int
    pictures: int  # rows: of videos each moment
    moments: int  # of these, those of videos
    dated: int  # with a date
    placed: int  # with a place
    version: int  # that was looked at
    made_at: str  # that version; ISO 8601, with the offset
    versions: int  # that are kept
    data_bytes: int  # of the version's rows, without indexes and what only earlier versions have
    index: str  # "none", so that each search reads all embeddings, or "IVF"
    index_rows: int  # rows that the index holds
    index_rest: int  # rows that it does not hold yet, which are searched beside it
    shards: int  # tar and Parquet files that were read to their ends
    failures: int
    sources: tuple[SourceInfo, ...]


def data_set_info(address: str, as_of: int | str | None = None) -> DataSetInfo:
    """Return what is in the data set at an address; raises LibraryMissing, InvalidRequest, LibraryError."""
    table = PicturesTable.open(address, as_of)
    said = table.description
    with sentences(address):
        index = vector_index(table.dataset)
        about = table.dataset.get_version()
        versions = len(table.dataset.version_refs())
    count = table.count()
    return DataSetInfo(
        address=shown(address),
        model=said.model,
        fingerprint=said.fingerprint,
        dim=said.dim,
        pictures=count,
        moments=table.count("at_ms IS NOT NULL"),
        dated=table.count("taken_at IS NOT NULL"),
        placed=table.count("latitude IS NOT NULL AND longitude IS NOT NULL"),
        version=table.version,
        made_at=made_at(table.dataset).isoformat(timespec="seconds"),
        versions=versions,
        data_bytes=int(about.get("metadata", {}).get("total_files_size", 0)),
        index="none" if index is None else "IVF",
        index_rows=0 if index is None else index.rows,
        index_rest=count if index is None else index.rest,
        shards=sum(1 for _ in ShardsTable(address).all()),
        failures=FailuresTable(address).count(),
        sources=tuple(map(_source, SourcesTable(address).all())),
    )


def _source(source: KnownSource) -> SourceInfo:
    return SourceInfo(shown(source.address), source.indexed_at)
