"""Pictures by what is known of them alone: filters without anything to compare them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.filters.filters import Filters, passing_ids
from search.library.hits import hits_of
from search.query.sorting import sorted_hits

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.results import Hit


def browse(store: Store, filters: Filters, k: int | None = None) -> list[Hit]:
    """Return the pictures that pass, the k first or all: newest first, those without a date by path; without scores.

    Raises InvalidRequest if nothing is asked for, and as passing_ids does.
    """
    if filters == Filters():
        raise InvalidRequest('Nothing is asked for; give a text, such as "red envelope", or a filter.')
    if k is not None and k < 1:
        raise InvalidRequest("The number of results must be at least 1.")
    hits = hits_of(store, [(image, None) for image in passing_ids(store, filters)])
    return sorted_hits(sorted_hits(hits, "path"), "date")[:k]
