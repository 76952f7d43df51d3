"""The bytes of a picture as they are in its file, wherever that is, and whether they are those that were indexed.

A data set may come from anyone, and name files of this machine that are no pictures and nobody else's business.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.decoding.kinds import has_mark_of_picture
from indexer.errors import PictureError, SourceError
from indexer.files.content import digest_of
from search.journal.links_and_copies import OriginalUnreadable, original_bytes

if TYPE_CHECKING:
    from indexer.sources.reading import AddressReader
    from search.subsets.subset import SubsetPicture

TRIES = 3  # in a row that a place is asked, if it gives nothing; each may have waited for half a minute


class Contents:
    """Reads pictures one after the other; of those in tars and tables it knows where it was."""

    def __init__(self) -> None:
        self._reader: AddressReader | None = None
        self._in_vain: Counter[str] = Counter()  # by place: how often in a row it gave nothing
        self._reasons: dict[str, str] = {}

    def bytes_of(self, picture: SubsetPicture) -> bytes:
        """Return the bytes of a picture's file; raises OriginalUnreadable."""
        where = picture.where
        content = original_bytes(where) if isinstance(where, Path) else self._bytes_at(where)
        _refuse_other(picture, content)
        return content

    def check(self, picture: SubsetPicture) -> None:
        """Raise OriginalUnreadable if a file of this machine is not the one that was indexed, as far as that counts."""
        if picture.digest is not None and isinstance(picture.where, Path):
            self.bytes_of(picture)

    def close(self) -> None:
        """Close what is open."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)

    def _bytes_at(self, address: str) -> bytes:
        """Return what is at an address; a place that gives nothing is not asked for each of its pictures."""
        place = _place(address)
        if self._in_vain[place] >= TRIES:
            raise OriginalUnreadable(self._reasons[place])
        if self._reader is None:
            from indexer.sources.reading import AddressReader

            self._reader = AddressReader()
        try:
            with self._reader.open(address) as file:
                content = file.read()
        except SourceError as error:
            self._in_vain[place] += 1
            self._reasons[place] = str(error)
            raise OriginalUnreadable(str(error)) from error
        except (PictureError, OSError) as error:
            raise OriginalUnreadable(str(error)) from error
        del self._in_vain[place]
        return content


def _place(address: str) -> str:
    """Return the tar or table that a picture is in, else its bucket or server."""
    container = address.rpartition("::")[2].rpartition("#")[0] or address.rpartition("::")[2]
    if container != address:
        return container
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}"


def _refuse_other(picture: SubsetPicture, content: bytes) -> None:
    """Raise OriginalUnreadable for content that is not what was indexed, or if that is unknown is no picture."""
    if picture.digest:
        if digest_of([content]) != picture.digest:
            raise OriginalUnreadable("it has changed since it was indexed")
    elif picture.digest is not None and not has_mark_of_picture(content):
        raise OriginalUnreadable("not a picture in a known format")
