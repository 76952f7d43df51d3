"""The bytes of a picture as they are in its file, wherever that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from search.journal.links_and_copies import original_bytes

if TYPE_CHECKING:
    from search.subsets.subset import SubsetPicture


def bytes_of(picture: SubsetPicture) -> bytes:
    """Return the bytes of a picture's file; raises OriginalUnreadable."""
    assert isinstance(picture.where, Path)
    return original_bytes(picture.where)
