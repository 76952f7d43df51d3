"""What follows a run into a data-set library, whoever asked for it: the library is optimized if that pays by now."""

from __future__ import annotations

from collections.abc import Callable

from indexer.data_sets.optimizing import is_due
from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import LibraryError
from indexer.indexing.summary import Summary

OPTIMIZING = "Optimizing the library, which has grown: its files are merged, and its index is brought up to date..."
NOT_OPTIMIZED = "The library could not be optimized, which clipsearch optimize does later: {}"


def optimize_if_due(address: str, summary: Summary, tell: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Make a library small and fast again if a run has changed it and that pays by now.

    `tell` gets what is about to be done, `warn` why it could not be: what the run did is there all the same.
    """
    if not summary.changed or summary.stopped:
        return
    try:
        table = PicturesTable.open(address)
        if is_due(address, table.dataset):
            tell(OPTIMIZING)
            table.optimize()
    except LibraryError as error:
        warn(NOT_OPTIMIZED.format(error))
