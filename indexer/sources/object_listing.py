"""Pictures below a URL, such as s3://bucket/prefix, listed and read as objects, with what lies beside them.

Listings are gone through a page at a time and never kept, so it makes no difference how many objects there are; of S3
that holds for any bucket, elsewhere for all but the files of a single folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.errors import SourceEmpty
from indexer.files.foreign import Unfit
from indexer.files.ignore import ScanRules, is_passed_over, is_system_name
from indexer.remote_files.ahead import ahead
from indexer.remote_files.file_systems import file_system
from indexer.remote_files.objects import Changed, Entry, copy_object, entry_at, pages
from indexer.remote_files.patience import patiently
from indexer.remote_files.public_addresses import public_address
from indexer.remote_files.sentences import (
    is_archived,
    is_broken_off,
    is_forbidden,
    is_gone,
    is_refused,
    is_throttled,
    told,
)
from indexer.remote_files.spooling import content_of, spool_folder
from indexer.sources.item import Item, Known, Shard, Unread
from indexer.sources.names import base_name, is_picture, joined
from indexer.sources.sidecars import Listed, with_sidecars

FILES_PER_SHARD = 500
WINDOW = 20_000  # names of one folder, among which those of sidecars are looked for
LARGEST_SIDECAR = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class ObjectListing:
    """All pictures below a URL, or the one at it."""

    url: str
    rules: ScanRules = ScanRules()  # noqa: RUF009

    @property
    def address(self) -> str:
        """The URL, without secrets."""
        return public_address(self.url)

    def shards(self, known: Known) -> Iterator[Shard]:
        """Yield what is not known, some objects at a time; raises SourceError if they can't be listed to the end."""
        fs, path = file_system(self.url)
        with told(self.url):
            unknown = self._unknown(fs, path, known)
            while listed := tuple(islice(unknown, FILES_PER_SHARD)):
                yield ObjectShard(self.url, len(path), listed)

    def _unknown(self, fs: Any, path: str, known: Known) -> Iterator[Listed]:
        for listed in self._listed(fs, path):
            if not known.has_file(public_address(joined(self.url, listed.picture.key[len(path) :])), listed.signature):
                yield listed

    def _listed(self, fs: Any, path: str) -> Iterator[Listed]:
        """Yield all pictures; raises SourceError if there is no object at all."""
        if is_picture(base_name(path), self.rules) and (single := _single(fs, path)) is not None:
            yield Listed(single)
            return
        leaves_out = is_system_name if self.rules.include_hidden else is_passed_over
        is_empty = True
        for window in _windows(pages(fs, path, leaves_out)):
            is_empty = False
            yield from with_sidecars(window, len(path), self.rules)
        if is_empty:
            raise SourceEmpty(f"There is nothing below {public_address(self.url)}; check its name.")


def _single(fs: Any, path: str) -> Entry | None:
    """Return the object at a path; None if there is none, or a folder."""
    try:
        return entry_at(fs, path)
    except IsADirectoryError:
        return None
    except Exception as error:
        if is_gone(error):
            return None
        raise


def _windows(found: Iterable[list[Entry]]) -> Iterator[list[Entry]]:
    """Yield files of one folder that follow one another, not more than a window holds; those of one shot together."""
    window: list[Entry] = []
    for page in found:
        for entry in page:
            if window and (
                _folder(entry) != _folder(window[-1])
                or (len(window) >= WINDOW and _shot(entry) != _shot(window[-1]))
                or len(window) >= 2 * WINDOW
            ):
                yield window
                window = []
            window.append(entry)
    if window:
        yield window


def _folder(entry: Entry) -> str:
    return entry.key.rpartition("/")[0]


def _shot(entry: Entry) -> str:
    return base_name(entry.key).partition(".")[0].lower()


@dataclass(frozen=True, slots=True)
class ObjectShard:
    """Some objects below a URL."""

    url: str
    start: int  # of their paths below the URL, in their keys
    listed: tuple[Listed, ...]

    @property
    def name(self) -> str:
        """The address of its first object."""
        return self._address_of(self.listed[0])

    @property
    def signature(self) -> str:
        """None: each object has its own."""
        return ""

    @property
    def is_sealed(self) -> bool:
        """Objects are known one by one."""
        return False

    def items(self, spool: Path | None = None) -> Iterator[Item | Unread]:
        """Read the objects, several at once; raises SourceError if their place can't be reached any more."""
        fs, _ = file_system(self.url)
        with told(self.url), spool_folder(spool) as folder:

            def fetch(listed: Listed) -> Item | Unread:
                return self._fetched(fs, listed, folder)

            yield from ahead(self.listed, fetch, lambda listed: listed.picture.size)

    def _fetched(self, fs: Any, listed: Listed, folder: Path) -> Item | Unread:
        entry, address = listed.picture, self._address_of(listed)
        try:
            content = content_at(fs, entry, folder)
        except Exception as error:
            reason = reason_unread(error)
            if reason is None:
                raise
            return Unread(address, listed.signature, reason, lasting=False)
        name = base_name(entry.key)
        return Item(address, name, content, listed.signature, beside=dict(_sidecars(fs, listed, folder)))

    def _address_of(self, listed: Listed) -> str:
        return public_address(joined(self.url, listed.picture.key[self.start :]))


def content_at(fs: Any, entry: Entry, folder: Path) -> bytes | Path:
    """Return what is in an object: bytes, or if it is large a file in a folder; raises Changed and others."""
    return patiently(lambda: content_of(lambda file: copy_object(fs, entry, file), entry.size, folder))


def reason_unread(error: Exception) -> str | None:
    """Return why one object could not be read; None if it is not the object, but its place that can't be read."""
    if isinstance(error, Changed):
        return "it changed after it was listed"
    if isinstance(error, Unfit):
        return f"it is {error}"
    if is_refused(error) or is_throttled(error) or is_broken_off(error):
        return None
    if is_archived(error):
        return "it is in an archive; restore it first"
    if is_gone(error):
        return "it was removed after it was listed"
    return "no permission to read it" if is_forbidden(error) else f"it can't be read ({type(error).__name__})"


def _sidecars(fs: Any, listed: Listed, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what lies beside a picture; what can't be read, or is too large, says nothing."""
    for suffix, entry in listed.beside:
        if entry.size > LARGEST_SIDECAR:
            continue
        try:
            content = content_at(fs, entry, folder)
        except Exception as error:
            if reason_unread(error) is None:
                raise
            continue
        assert isinstance(content, bytes)
        yield suffix, content
