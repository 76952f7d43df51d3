"""Importing embeddings from files into a library, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.errors import LibraryError
from search.embedding_imports.kept_error import KeptError
from search.embedding_imports.spooling import Wanted, spooled

if TYPE_CHECKING:
    from search.data_sets.contract import DataSet
    from search.embedding_imports.reading import Reader


@dataclass(frozen=True, slots=True)
class Imported:
    """What was imported."""

    rows: int
    replaced: int  # of these: pictures that the library had
    without: int  # rows that were left out, since they have no embedding
    repeated: int  # or since an earlier one says the same
    scaled: int  # embeddings that did not have the length 1, and now have
    not_optimized: str = ""  # why the library, which has all of them, is not as small and fast as it could be


def import_embeddings(
    readers: Sequence[Reader],
    wanted: Wanted,
    opening: Callable[[], AbstractContextManager[DataSet]],
    progress: Callable[[int, int], None] = lambda done, total: None,
    stored: Callable[[], None] = lambda: None,
) -> Imported:
    """Read all rows, and commit them if all are sound; only then the library is opened, and made if it is new.

    `stored` is called as soon as they are in the library.
    Raises SourceError for what is wrong with the files, and what the library raises.
    """
    with spooled(readers, wanted, progress) as rows:
        if not rows.rows:
            return Imported(0, 0, rows.without, rows.repeated, rows.scaled)
        with opening() as pictures:
            before = pictures.count()
            kept = KeptError(rows.batches())
            with kept:
                pictures.commit(kept)
            stored()
            replaced = max(0, rows.rows - (pictures.count() - before))
            done = Imported(rows.rows, replaced, rows.without, rows.repeated, rows.scaled)
            return replace(done, not_optimized=_optimized(pictures))


def _optimized(pictures: DataSet) -> str:
    """Optimize a library, and return why that failed, if it did: what was imported is there all the same."""
    try:
        pictures.optimize()
    except LibraryError as error:
        return str(error)
    return ""
