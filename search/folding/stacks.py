"""Stacks: of pictures that were found, best first, those that are the same make one stack, in the place of the best.

A picture joins the first better one that begins a stack and that it is the same as (same_pictures.py). So each is near
that one itself, and no chain of small differences leads from one picture to another. Which of them matches a text best
is chance; what people want of copies is the largest, so that one stands for the stack.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.store.soundness import is_count
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
    """A picture that stands for those that are the same, the best of which may score more than it."""

    shown: Scored
    copies: tuple[Scored, ...] = ()  # the others, best first


def folded(store: Store, model: StoredModel, scored: Sequence[Scored], lowest: float = -math.inf) -> list[Stack]:
    """Return the stacks of pictures that come best first, in the order of the best of each.

    The largest of those that score `lowest` stands for each; where none does, the best.
    """
    same = SamePictures(store, model, [image for image, _ in scored])
    members: dict[int, list[Scored]] = {}  # by the row of the best
    for row, picture in enumerate(scored):
        best = same.found(row)
        if best is None:
            members[row] = [picture]
            same.add(row)
        else:
            members[best].append(picture)
    return _stacks(store, list(members.values()), lowest)


def _stacks(store: Store, members: Sequence[Sequence[Scored]], lowest: float) -> list[Stack]:
    """Return a stack for each list of pictures that are the same, best first."""
    several = [image for pictures in members if len(pictures) > 1 for image, _ in pictures]
    select = "SELECT id, width, height, size FROM images WHERE id IN ({marks})"
    rows = store.db.rows_in(select, several)
    extents = {row[0]: (row[1] * row[2], row[3]) for row in rows if all(map(is_count, row[1:]))}  # pixels, bytes
    stacks = []
    for pictures in members:
        if len(pictures) == 1:
            stacks.append(Stack(pictures[0]))
            continue
        matching = [picture for picture in pictures if picture[1] >= lowest] or pictures[:1]
        shown = max(matching, key=lambda picture: extents.get(picture[0], (0, 0)))  # of several the first: the best
        stacks.append(Stack(shown, tuple(picture for picture in pictures if picture is not shown)))
    return stacks


def nearest_stacks(
    store: Store,
    model: StoredModel,
    search: Callable[[int], list[Scored]],
    k: int,
    found: list[Scored] | None = None,
    lowest: float = -math.inf,
) -> list[Stack]:
    """Return the k nearest stacks; `search` returns so many of the nearest pictures, of which those that score `lowest`
    match.

    `found` are those that were found already: FEWEST_LOOKED_AT and k at least, or all there are. Where most of them are
    copies of few, more are looked for, but not without end: there may be fewer than k then, and copies that score much
    less than their best are not among its copies.
    """
    count = max(k, FEWEST_LOOKED_AT, len(found or ()))
    found = search(count) if found is None else found
    stacks = folded(store, model, found, lowest)
    for _ in range(MOST_SEARCHES - 1):
        if len(stacks) >= k or len(found) < count:
            break
        count = min(MOST_GROWTH * count, math.ceil(1.25 * count * k / len(stacks)))
        found = search(count)
        stacks = folded(store, model, found, lowest)
    return stacks[:k]
