"""Stacks: of pictures that were found, best first, those that are the same as a better one stand behind it.

A picture joins the first better one that heads a stack and that it is the same as (same_pictures.py). So each is near
its head itself, and no chain of small differences leads from one picture to another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.folding.same_pictures import SamePictures

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

Scored = tuple[int, float]  # id, score

FEWEST_LOOKED_AT = 50  # pictures, so that a stack of some copies is whole
MOST_GROWTH = 4  # as many pictures again are looked for, at most
MOST_SEARCHES = 4


@dataclass(frozen=True, slots=True)
class Stack:
    """A picture, and those that are the same and score less."""

    best: Scored
    copies: tuple[Scored, ...] = ()


def folded(store: Store, model: StoredModel, scored: Sequence[Scored]) -> list[Stack]:
    """Return the stacks of pictures that come best first, in the order of the best of each."""
    same = SamePictures(store, model, [image for image, _ in scored])
    members: dict[int, list[Scored]] = {}  # by the row of the head
    for row, picture in enumerate(scored):
        head = same.found(row)
        if head is None:
            members[row] = []
            same.add(row)
        else:
            members[head].append(picture)
    return [Stack(scored[row], tuple(copies)) for row, copies in members.items()]


def nearest_stacks(
    store: Store,
    model: StoredModel,
    search: Callable[[int], list[Scored]],
    k: int,
    found: list[Scored] | None = None,
) -> list[Stack]:
    """Return the k nearest stacks; `search` returns so many of the nearest pictures.

    `found` are those that were found already: FEWEST_LOOKED_AT and k at least, or all there are. Where most of them are
    copies of few, more are looked for, but not without end: there may be fewer than k then, and copies that score much
    less than their best are not among its copies.
    """
    count = max(k, FEWEST_LOOKED_AT, len(found or ()))
    found = search(count) if found is None else found
    stacks = folded(store, model, found)
    for _ in range(MOST_SEARCHES - 1):
        if len(stacks) >= k or len(found) < count:
            break
        count = min(MOST_GROWTH * count, math.ceil(1.25 * count * k / len(stacks)))
        found = search(count)
        stacks = folded(store, model, found)
    return stacks[:k]
