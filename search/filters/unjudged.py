"""How many pictures a filter by date or place could not judge, since they have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from search.filters.filters import NO_FILTERS, Filters
from search.filters.passing import ids_where, matching_ids

if TYPE_CHECKING:
    from indexer.store.store import Store

# Each is answered from an index of its own (m010), which holds nothing but what the condition lets through.
DATED, PLACED = "taken_at IS NOT NULL", "latitude IS NOT NULL"


def count_unjudged(store: Store, filters: Filters) -> dict[str, int]:
    """Return how many pictures have no "date" or no "place", for each of the two that the filters ask for.

    Counts those that pass the other filters. Raises as `matching_ids` does.
    """
    others = replace(filters, after=None, before=None, near=None, radius=NO_FILTERS.radius)
    return {name: count for name, condition in _asked_for(filters) if (count := _count(store, others, condition))}


def count_with(store: Store, condition: str) -> int:
    """Return how many pictures meet a condition, such as DATED."""
    return int(store.db.execute(f"SELECT count(*) FROM images WHERE {condition}").fetchone()[0])


def _asked_for(filters: Filters) -> Iterator[tuple[str, str]]:
    """Yield what is asked for, with the condition of the pictures that have it."""
    if filters.after is not None or filters.before is not None:
        yield "date", DATED
    if filters.near is not None:
        yield "place", PLACED


def _count(store: Store, others: Filters, condition: str) -> int:
    """Return how many pictures that pass the other filters do not meet a condition."""
    if (ids := matching_ids(store, others)) is None:
        return count_with(store, "1") - count_with(store, condition)
    from indexer.arrays import member_of

    return len(ids) - int(member_of(ids, ids_where(store, condition)).sum())
