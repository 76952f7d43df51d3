"""The kinds of data sets that subsets are written as: a protocol with one file each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target

Planned = tuple["SubsetPicture", str]  # a picture, and its name in the data set
FORMATS = ("webdataset", "imagefolder", "fiftyone", "label-studio", "cvat")


class Format(Protocol):
    """A kind of data set."""

    @property
    def takes_links(self) -> bool:
        """Whether pictures are files of their own in it, which may be links."""

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return the name of each picture in the data set, the same for the same pictures; `/` is between folders."""

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Write the data set; raises OSError."""


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What is asked of the data set's kind."""

    name: str
    shard_size: str | None = None
    unlabelled: str | None = None  # the folder for pictures without a label
    url_prefix: str | None = None


def format_of(options: FormatOptions) -> Format:
    """Return the kind of data set that was asked for; raises InvalidRequest."""
    match options.name:
        case "webdataset":
            from search.subsets.webdataset import WebDataset, shard_limit

            return WebDataset(shard_limit(options.shard_size))
        case "imagefolder":
            from search.subsets.image_folder import ImageFolder

            return ImageFolder(options.unlabelled)
    raise InvalidRequest(f"There are no data sets of the kind {options.name}; there are: {', '.join(FORMATS)}.")
