"""Filters as a condition in Lance's SQL, so that a data set is not read to be filtered.

The same pictures pass as in a local library (search/filters/conditions.py). Only what SQL can't say is looked up first:
which cameras and formats there are, names with other than ASCII letters, and borders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.spelling import caseless
from search.filters.dates import shown_date
from search.filters.file_types import formats_of
from search.filters.filters import Filters
from search.filters.sizes import LeastSize
from search.lance_conditions.paths import in_folders, with_names
from search.lance_conditions.places import PLACED, in_box, near
from search.lance_conditions.sql import both, literal, one_of

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable

_CAMERA = "concat(coalesce(camera_make, ''), ' ', coalesce(camera_model, ''))"


def lance_condition(table: PicturesTable, filters: Filters) -> str | None:
    """Return the condition that lets the same pictures pass as the filters, None for all.

    Raises FolderError for a folder that has no picture, InvalidRequest for labels, for an unknown type and for a
    picture that does not say where it was taken, PictureError for one that can't be read.
    """
    conditions = list(_conditions(table, filters))
    return both(conditions) if conditions else None


def _conditions(table: PicturesTable, filters: Filters) -> Iterator[str]:
    """Yield the condition of each filter that is given."""
    _check_kinds(filters)
    yield from _taken_between(filters.after, filters.before)
    if filters.dated is not None:
        yield f"taken_at IS {'NOT ' if filters.dated else ''}NULL"
    if filters.placed is not None:
        yield PLACED if filters.placed else f"({PLACED}) IS NOT TRUE"
    if filters.min_size is not None:
        yield _of_min_size(filters.min_size)
    if filters.box is not None:
        yield in_box(filters.box.box)
    if filters.folders:
        yield in_folders(table, filters.folders)
    if filters.types:
        yield one_of("format", formats_of(filters.types, _distinct(table, ["format"])))
    if filters.cameras:
        yield _by_cameras(table, filters.cameras)
    if filters.named:
        yield with_names(table, filters.named)
    if filters.near is not None:
        yield near(table, filters.near, filters.radius)


def _check_kinds(filters: Filters) -> None:
    """Raise InvalidRequest for filters by what only a local library has."""
    if filters.labels:
        raise InvalidRequest(
            "A data-set library stores no labels to filter by; write them to a file instead: clipsearch label --classes"
            " cup,car --format parquet > labels.parquet"
        )
    if filters.subtrees:
        raise InvalidRequest("A data-set library has no numbered roots; name a folder or URL with --in.")


def _taken_between(after: datetime | None, before: datetime | None) -> Iterator[str]:
    """Yield the conditions that compare texts, as those of a local library do."""
    if after is not None:
        yield f"taken_at >= {literal(shown_date(after))}"
    if before is not None:
        yield f"taken_at < {literal(shown_date(before))}"


def _of_min_size(least: LeastSize) -> str:
    if least.bytes:
        return f"size >= {least.bytes}"
    if least.pixels:
        return f"CAST(width AS BIGINT) * CAST(height AS BIGINT) >= {least.pixels}"
    upright = f"width >= {least.shorter} AND height >= {least.longer}"
    return f"(width >= {least.longer} AND height >= {least.shorter}) OR ({upright})"


def _by_cameras(table: PicturesTable, parts: Sequence[str]) -> str:
    """Return the condition for pictures by a camera whose make and model contain any of the parts."""
    wanted = [" ".join(caseless(part).split()) for part in parts]
    names = _distinct(table, ["camera_make", "camera_model"])
    return one_of(_CAMERA, [name for name in names if any(part in caseless(name) for part in wanted)])


def _distinct(table: PicturesTable, columns: Sequence[str]) -> list[str]:
    """Return the different texts of a column, or of several with blanks between them and nothing for what is null."""
    import pyarrow.compute as pc

    found: set[str] = set()
    for batch in table.scan(columns, rows=65_536):
        filled = [column if len(columns) == 1 else pc.fill_null(column, "") for column in batch.columns]
        texts = pc.binary_join_element_wise(*filled, " ") if len(filled) > 1 else filled[0]
        found.update(text for text in texts.unique().to_pylist() if text is not None)
    return sorted(found)
