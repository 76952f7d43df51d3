"""Which pictures of a label set to look at next: the least certain first, those that nobody has judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Ids
from search.filters.passing import EVERYTHING
from search.labels.reading import ids_by_path

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.corrections.as_stored import StoredSet
    from search.corrections.judged_set import JudgedSet
    from search.library.library import Library

LookOrder = Literal["uncertain", "sure", "path"]
Corrected = Literal["any", "yes", "no"]
After = tuple[float, int]  # the key of the last picture of a page
_WHOSE = {"any": "", "yes": " AND act IS NOT NULL", "no": " AND act IS NULL"}


@dataclass(frozen=True, slots=True)
class Page:
    """Some pictures of a label set."""

    total: int  # pictures on all pages
    images: Ids  # (n,), in order
    margins: NDArray[np.float64]  # (n,), NaN where the model has not judged
    last: After | None  # where the next page goes on; None if this is the last one


def look_at(
    judged_set: JudgedSet | StoredSet,
    library: Library,
    *,
    label: str | None = None,
    order: LookOrder = "uncertain",
    corrected: Corrected = "any",
    limit: int = 100,
    after: After | None = None,
) -> Page:
    """Return the first pictures of a set, or those after a page, that have a label, by their margin or their path.

    Pages stay in step while pictures are corrected in between: each goes on after the last picture of the one before.
    """
    images = labelled_as(library.store, judged_set.label_set.id, label, corrected)
    ids, all_margins = judged_set.margins(library)
    margins = _found(ids, all_margins, images)
    if order == "path":
        by_path = np.array(ids_by_path(library.store, EVERYTHING), dtype=np.int64)
        place = np.argsort(by_path, kind="stable")
        keys = _found(by_path[place], place.astype(np.float64), images)
    else:
        keys = np.where(np.isnan(margins), np.inf, margins if order == "uncertain" else -margins)
    rows = np.lexsort((images, keys))
    start = 0 if after is None else _first_after(keys[rows], images[rows], after)
    shown = rows[start : start + limit]
    has_more = start + limit < len(rows)
    last = (float(keys[shown[-1]]), int(images[shown[-1]])) if has_more and len(shown) else None
    return Page(len(rows), images[shown], margins[shown], last)


def labelled_as(store: Store, label_set: int, label: str | None, corrected: Corrected) -> Ids:
    """Return the ids, ascending, of the pictures of a set that have a label, or any; read as one text, it is quick."""
    where = f"label_set = ? AND typeof(image) = 'integer'{_WHOSE[corrected]}"
    where += " AND class = ?" if label is not None else ""
    values = [label_set, *([label] if label is not None else [])]
    text = store.db.execute(f"SELECT group_concat(image) FROM labels WHERE {where}", values).fetchone()[0]
    return np.unique(np.fromstring(text or "", dtype=np.int64, sep=","))


def _found(ids: Ids, values: NDArray[np.floating], wanted: Ids) -> NDArray[np.float64]:
    """Return the value of each wanted id, of values by ascending ids; NaN for an id that is not there."""
    result = np.full(len(wanted), np.nan)
    if len(ids):
        rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        there = ids[rows] == wanted
        result[there] = values[rows[there]]
    return result


def _first_after(keys: NDArray[np.float64], images: Ids, after: After) -> int:
    """Return the first of the rows, sorted by key and image, that comes after one."""
    key, image = after
    start = int(np.searchsorted(keys, key, side="left"))
    end = int(np.searchsorted(keys, key, side="right"))
    return start + int(np.searchsorted(images[start:end], image, side="right"))
