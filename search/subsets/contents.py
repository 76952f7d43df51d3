"""The bytes of a picture as they are in its file, wherever that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import PictureError, SourceError
from search.journal.links_and_copies import OriginalUnreadable, original_bytes

if TYPE_CHECKING:
    from indexer.sources.reading import AddressReader
    from search.subsets.subset import SubsetPicture


class Contents:
    """Reads pictures one after the other; of those in tars and tables it knows where it was."""

    def __init__(self) -> None:
        self._reader: AddressReader | None = None

    def bytes_of(self, picture: SubsetPicture) -> bytes:
        """Return the bytes of a picture's file; raises OriginalUnreadable."""
        if isinstance(picture.where, Path):
            return original_bytes(picture.where)
        if self._reader is None:
            from indexer.sources.reading import AddressReader

            self._reader = AddressReader()
        try:
            with self._reader.open(picture.where) as file:
                return file.read()
        except (PictureError, SourceError) as error:
            raise OriginalUnreadable(str(error)) from error

    def close(self) -> None:
        """Close what is open."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
