"""The kinds of data sets that subsets are written as, a file for each (format.py is what they share)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    from search.subsets.format import Format

FORMATS = ("webdataset", "imagefolder", "fiftyone", "label-studio", "cvat")


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What is asked of the data set's kind."""

    name: str
    link: bool = False  # pictures are to be linked
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
        case "fiftyone":
            from search.subsets.fiftyone import FiftyOne

            return FiftyOne()
        case "label-studio":
            from search.subsets.label_studio import LOCAL_FILES, LabelStudio

            return LabelStudio(LOCAL_FILES if options.url_prefix is None else options.url_prefix)
        case "cvat":
            from search.subsets.cvat import Cvat

            return Cvat(packed=not options.link)
    raise InvalidRequest(f"There are no data sets of the kind {options.name}; there are: {', '.join(FORMATS)}.")
