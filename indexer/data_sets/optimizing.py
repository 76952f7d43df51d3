"""Makes a data-set library small and fast again: files merged, indexes up to date, old versions dropped.

Each step is a commit of its own, so it may be cut off anywhere. Beside writers it waits, or leaves a step to the next
time: no step may fail a run that is at work.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from indexer.addresses import FAILURES, SHARDS, SOURCES
from indexer.data_sets.lance_tables import open_table, written
from indexer.data_sets.sentences import sentences
from indexer.data_sets.vector_index import LEAST_ROWS, Engine, IndexState, bring_up_to_date, vector_index
from indexer.data_sets.versions import version_at
from indexer.errors import InvalidRequest, LibraryBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_DAYS = 30.0
MANY_FILES, FEW_ROWS = 32, 50_000  # more files with fewer rows each are worth being merged
GROWN = 0.1  # the part of the rows that an index may lack
KEPT_ALWAYS = timedelta(hours=1)  # a writer or reader may be at a version that was the newest just now
MOST_DAYS = 365_000.0  # that can be counted back
PATIENCE = 60.0  # seconds that a step waits for writers
# What rows are looked up and filtered by; a set of rows for each value where there are few values.
_INDEXED = {
    "id": "BTREE",
    "address": "BTREE",
    "shard": "BTREE",
    "taken_at": "BTREE",
    "source": "BITMAP",
    "format": "BITMAP",
}


@dataclass(frozen=True, slots=True)
class Optimized:
    """What was done."""

    rows: int
    files_before: int  # of the newest version of the pictures
    files: int
    bytes_before: int  # of its files, without the indexes
    bytes: int
    index: IndexState
    versions_dropped: int
    bytes_freed: int
    left: tuple[str, ...] = ()  # steps that writers left no room for: files, index, versions


def optimize(
    address: str, dataset: Any, keep_days: float = KEPT_DAYS, engine: Engine = "local", least_rows: int = LEAST_ROWS
) -> Optimized:
    """Optimize the library at an address, whose pictures are `dataset`; return what was done. Raises LibraryError.

    Versions replaced more than `keep_days` ago are dropped, those that were the newest in the last hour never.
    From `least_rows` on there is an index.
    """
    if not keep_days >= 0:
        raise InvalidRequest("The days for which versions are kept can't be less than 0.")
    with sentences(address):
        return _optimized(address, dataset, keep_days, engine, least_rows)


def _optimized(address: str, dataset: Any, keep_days: float, engine: Engine, least_rows: int) -> Optimized:
    files, size = _files(dataset)
    left: list[str] = []
    with _leaving("files", left):
        _merge_files(address, dataset)
    index: IndexState = "none"
    with _leaving("index", left):
        index = bring_up_to_date(address, dataset, engine, least_rows)
        _index_columns(address, dataset, least_rows)
    dropped = freed = 0
    with _leaving("versions", left):
        dropped, freed = _drop_versions(address, dataset, keep_days)
    _optimize_others(address, keep_days, left)
    dataset.checkout_latest()
    now = _files(dataset)
    return Optimized(int(dataset.count_rows()), files, now[0], size, now[1], index, dropped, freed, tuple(left))


def is_due(address: str, dataset: Any, least_rows: int = LEAST_ROWS) -> bool:
    """Return whether optimizing pays: there are many small files, or many rows that no index holds."""
    with sentences(address):
        files, rows = _files(dataset)[0], int(dataset.count_rows())
        if files > MANY_FILES and rows < files * FEW_ROWS:
            return True
        index = vector_index(dataset)
        rest = rows if index is None else index.rest
        return bool(rest >= max(least_rows, GROWN * rows))


@contextlib.contextmanager
def _leaving(step: str, left: list[str]) -> Iterator[None]:
    """Leave a step to the next time if writers leave no room for it."""
    try:
        yield
    except LibraryBusy:
        if step not in left:
            left.append(step)


def _files(dataset: Any) -> tuple[int, int]:
    """Return how many data files a version has, and their bytes."""
    said = dataset.get_version()["metadata"]
    return int(said.get("total_data_files", 0)), int(said.get("total_files_size", 0))


def _merge_files(address: str, dataset: Any) -> None:
    written(address, dataset, lambda: dataset.optimize.compact_files(), PATIENCE)


def _index_columns(address: str, dataset: Any, least_rows: int) -> None:
    """Make the indexes of columns that are due, and add to those that are there what they do not hold."""
    there = {name: index.name for index in dataset.describe_indices() for name in index.field_names}
    names = [there[column] for column in _INDEXED if column in there]
    if names:
        written(address, dataset, lambda: dataset.optimize.optimize_indices(index_names=names), PATIENCE)
    if dataset.count_rows() < least_rows:
        return
    for column, kind in _INDEXED.items():
        if column not in there:
            written(address, dataset, lambda c=column, k=kind: dataset.create_scalar_index(c, k), PATIENCE)  # type: ignore[misc]


def _drop_versions(address: str, dataset: Any, keep_days: float) -> tuple[int, int]:
    """Drop old versions with the files that only they have; return how many, and the bytes."""
    age = max(timedelta(days=min(keep_days, MOST_DAYS)), KEPT_ALWAYS)

    def drop() -> Any:
        old = _replaced_before(dataset, datetime.now(timezone.utc) - age)
        which = {"versions": old} if old else {"older_than": timedelta(days=MOST_DAYS)}  # what was broken off goes
        return dataset.cleanup_old_versions(**which, error_if_tagged_old_versions=False)

    said = written(address, dataset, drop, PATIENCE)
    return int(said.old_versions), int(said.bytes_removed)


def _replaced_before(dataset: Any, moment: datetime) -> list[int]:
    """Return the versions that were no longer the newest at a moment; one made long before that may have been."""
    numbers = sorted(int(reference["version"]) for reference in dataset.version_refs())
    newest_then = version_at(dataset, numbers, moment)
    return [] if newest_then is None else [number for number in numbers if number < newest_then]


def _optimize_others(address: str, keep_days: float, left: list[str]) -> None:
    """Do the same for the small tables beside the pictures."""
    for name in (FAILURES, SHARDS, SOURCES):
        dataset = open_table(address, name)
        if dataset is not None:
            with _leaving("files", left):
                _merge_files(address, dataset)
                _drop_versions(address, dataset, keep_days)
