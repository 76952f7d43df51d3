"""What of every picture is counted and laid out by: some 30 bytes each, in arrays sorted by id.

Rows are places in these arrays. Pictures whose row in the library is damaged are not among them, as they are no hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search.columns.folder_tree import FolderTree
from search.columns.months import NONE

if TYPE_CHECKING:
    from indexer.arrays import Ids
    from search.filters.passing import Passing

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coded:
    """A text for each picture, as a number in a list of the texts that there are."""

    codes: NDArray[np.uint16] | NDArray[np.uint32]  # (n,)
    names: tuple[str, ...]

    def counts(self, mask: Mask | None) -> Rows:
        """Return how many pictures have each of the names, among all or those of a mask (n,)."""
        codes = self.codes if mask is None else self.codes[mask]
        return np.bincount(codes, minlength=len(self.names))


@dataclass(frozen=True, slots=True)
class Columns:
    """The pictures of a library in one state of it."""

    state: str
    ids: NDArray[np.uint32]  # ascending (n,)
    aspects: NDArray[np.uint8]
    months: Coded  # months.py; ascending
    cameras: Coded  # "" for none
    formats: Coded
    folders: NDArray[np.uint32]  # numbers in the tree
    tree: FolderTree
    root_names: dict[int, str]  # of the roots in the tree, as people read their paths
    latitudes: NDArray[np.float32]  # NaN where it is not known
    longitudes: NDArray[np.float32]
    newest: NDArray[np.uint32]  # rows by date, newest first, those without one last; those of one date by path

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def placed(self) -> Mask:
        """Which pictures have a place (n,)."""
        return np.isfinite(self.latitudes)

    @property
    def dated(self) -> Mask:
        """Which pictures have a date, be it one that no calendar has (n,)."""
        known = np.array([name != NONE for name in self.months.names], dtype=bool)
        return np.asarray(known[self.months.codes], dtype=np.bool_)

    def rows(self, ids: Ids) -> Rows:
        """Return the rows of those of the ids (m,) that are pictures here, in their order."""
        places = self.places(ids)
        return places[places >= 0]

    def places(self, ids: Ids) -> Rows:
        """Return the rows of ids (m,), -1 for those that are no pictures here."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, places, -1)

    def mask(self, passing: Passing) -> Mask | None:
        """Return which pictures pass filters (n,); None if all do."""
        if passing.ids is None:
            return None
        mask = np.zeros(len(self), dtype=bool)
        mask[self.rows(passing.ids)] = True
        return mask

    def by_date(self, mask: Mask | None) -> Rows:
        """Return the rows of a mask, or all, newest first."""
        return self.newest.astype(np.int64) if mask is None else self.newest[mask[self.newest]].astype(np.int64)
