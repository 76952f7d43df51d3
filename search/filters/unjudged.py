"""How many pictures a filter by date or place could not judge, since they have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search.filters.filters import NO_FILTERS, Filters
from search.filters.passing import ids_where, matching_ids

if TYPE_CHECKING:
    from indexer.store.store import Store

# Each is answered from an index of its own (m010), which holds nothing but what the condition lets through.
DATED, PLACED = "taken_at IS NOT NULL", "latitude IS NOT NULL"


def count_unjudged(store: Store, filters: Filters) -> dict[str, int]:
    """Return how many pictures have no "date", no "place", or no "date and place", for what the filters ask for.

    Counts those that pass the other filters: where both are asked for, the pictures near it without a date, those of
    that time without a place, and those with neither. Raises as `matching_ids` does.
    """
    counts = ((name, _count(store, others, conditions)) for name, others, conditions in _asked_for(filters))
    return {name: count for name, count in counts if count}


def _asked_for(filters: Filters) -> Iterator[tuple[str, Filters, tuple[str, ...]]]:
    """Yield what may be missing, the filters that ask for anything else, and what the pictures that have it meet."""
    undated = replace(filters, after=None, before=None)
    unplaced = replace(filters, near=None, radius=NO_FILTERS.radius, box=None)
    if undated != filters:
        yield "date", undated, (DATED,)
    if unplaced != filters:
        yield "place", unplaced, (PLACED,)
    if undated != filters and unplaced != filters:
        yield "date and place", replace(unplaced, after=None, before=None), (DATED, PLACED)


def count_with(store: Store, condition: str) -> int:
    """Return how many pictures meet a condition, such as DATED."""
    return int(store.db.execute(f"SELECT count(*) FROM images WHERE {condition}").fetchone()[0])


def _count(store: Store, others: Filters, conditions: Sequence[str]) -> int:
    """Return how many pictures that pass the other filters meet none of some conditions."""
    ids = matching_ids(store, others)
    if ids is None and len(conditions) == 1:
        return count_with(store, "1") - count_with(store, conditions[0])
    import numpy as np

    from indexer.arrays import member_of

    judged = np.unique(np.concatenate([ids_where(store, condition) for condition in conditions]))
    if ids is None:
        return count_with(store, "1") - len(judged)
    return len(ids) - int(member_of(ids, judged).sum())
