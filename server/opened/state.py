"""A token of a library's content: it changes whenever what a page shows of it does, or its file is another one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from indexer.store.models import temperature_of
from indexer.store.store import DATABASE_NAME
from search.columns.state import library_state

if TYPE_CHECKING:
    from search.library.library import Library


def state_of(library: Library) -> str:
    """Return the token of the library as it is now; it costs next to nothing."""
    parts = [library_state(library.store), temperature_of(library.store, library.model)]
    if library.store.folder is not None:
        status = (library.store.folder / DATABASE_NAME).stat()
        parts += [status.st_dev, status.st_ino]
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
