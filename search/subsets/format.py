"""What each kind of data set is, that subsets are written as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target

Planned = tuple["SubsetPicture", str]  # a picture, and its name in the data set


class Format(Protocol):
    """A kind of data set."""

    @property
    def takes_links(self) -> bool:
        """Whether pictures are files of their own in it, which may be links."""

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return the name of each picture in the data set, the same for the same pictures; `/` is between folders."""

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Write the data set; raises OSError."""
