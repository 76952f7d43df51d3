"""Comparisons of two files by what they show, kept by the hashes of their bytes, so that each is made once.

Decoding two files and comparing them takes a tenth of a second; a row of the table takes 50 bytes and holds as long as
the bytes do, wherever the files are moved.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, get_args

from indexer.models.device import cores
from search.duplicates.difference import Kind
from search.duplicates.ranking import Details
from search.duplicates.reduced import Reduced, difference_of_files, reduced
from search.duplicates.structure import has_structure

if TYPE_CHECKING:
    from indexer.store.store import Store

METHOD = 2  # raised whenever comparisons come out otherwise; those of older methods are forgotten
KEPT_PICTURES = 64  # reduced pictures that are held in memory, some 500 kB each
WRITTEN_AT_ONCE = 500

Key = tuple[bytes | None, bytes | None]  # content hashes of the better and the worse picture


class Comparisons:
    """Compares files, and remembers how they compared."""

    def __init__(self, store: Store) -> None:
        """Take the library that keeps the comparisons; one that can't be written is only read."""
        self._store = store
        self._pictures: OrderedDict[int, Reduced | None] = OrderedDict()
        self._bare: set[int] = set()  # ids of what shows too little: a blank sheet is near all others
        self._made: dict[Key, Kind | None] = {}
        self._unwritten: list[Key] = []
        self._threads = ThreadPoolExecutor(cores(), "compare")  # decoding and most of numpy release the GIL

    def kind(self, first: Details, second: Details) -> Kind | None:
        """Return how the second of two current files differs from the first; None if it shows something else."""
        known = self._known(first, second)
        return known[0] if known else self._keep(first, second, self._compared(first, second))

    def prepare(self, pairs: Iterable[tuple[Details, Details]]) -> None:
        """Compare pairs that will be asked for, on all cores."""
        new = [pair for pair in pairs if not self._known(*pair)]
        for pair, made in zip(new, self._threads.map(lambda pair: self._compared(*pair), new), strict=True):
            self._keep(*pair, made)

    def close(self) -> None:
        """Write what is new, and end the threads."""
        self._threads.shutdown()
        self._write()

    def _known(self, first: Details, second: Details) -> tuple[Kind | None] | None:
        """Return what is known of a pair, in a tuple; None if nothing is."""
        key = (first.digest, second.digest)
        if key in self._made:
            return (self._made[key],)
        row = self._store.db.execute(
            "SELECT kind FROM comparisons WHERE better = ? AND worse = ? AND method = ?", [*key, METHOD]
        ).fetchone()
        return (row[0],) if row and row[0] in (None, *get_args(Kind)) else None  # else it is compared again

    def _keep(self, first: Details, second: Details, made: tuple[Kind | None] | None) -> Kind | None:
        """Remember how a pair compares, unless a file could not be read just now, and return it."""
        key = (first.digest, second.digest)
        if made and None not in key:
            self._made[key] = made[0]
            self._unwritten.append(key)
            if len(self._unwritten) >= WRITTEN_AT_ONCE:
                self._write()
        return made[0] if made else None

    def _write(self) -> None:
        """Store the new comparisons, unless the library can't be written."""
        if self._unwritten and not self._store.read_only:
            with self._store.writing():
                self._store.db.execute("DELETE FROM comparisons WHERE method <> ?", [METHOD])
                self._store.db.conn.executemany(
                    "INSERT OR REPLACE INTO comparisons (better, worse, method, kind) VALUES (?, ?, ?, ?)",
                    [(*key, METHOD, self._made[key]) for key in self._unwritten],
                )
        self._unwritten.clear()

    def _compared(self, first: Details, second: Details) -> tuple[Kind | None] | None:
        """Return how two files compare, in a tuple; None if one can't be read."""
        if first.image in self._bare or second.image in self._bare:
            return (None,)
        better, worse = self._picture(first), self._picture(second)
        return (difference_of_files(better, worse),) if better and worse else None

    def _picture(self, details: Details) -> Reduced | None:
        """Return a file's reduced picture, of which the last ones are kept; called by all threads."""
        picture = self._pictures.get(details.image)
        if picture is None:
            self._pictures[details.image] = picture = reduced(details.path, details.format)
            if picture and not has_structure(picture.image):
                self._bare.add(details.image)
        while len(self._pictures) > KEPT_PICTURES:
            self._pictures.popitem(last=False)
        return picture
