"""Filters as a condition in Lance's SQL, so that a data set is not read to be filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.filters.filters import NO_FILTERS, Filters

if TYPE_CHECKING:
    from indexer.data_sets.pictures_table import PicturesTable


def lance_condition(table: PicturesTable, filters: Filters) -> str | None:
    """Return the condition that lets the same pictures pass as the filters, None for all."""
    if filters == NO_FILTERS:
        return None
    raise InvalidRequest("A data-set library can't be filtered yet.")
