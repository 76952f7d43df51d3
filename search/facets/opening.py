"""What of facets takes seconds for a million, made once for each state of the library and shared by threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from search.facets.place_columns import PlaceColumns, read_places

if TYPE_CHECKING:
    from search.columns.columns import Columns


class OpenPlaces:
    """Where the pictures of one library were taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[str, PlaceColumns] | None = None

    def are_ready(self, columns: Columns) -> bool:
        """Return whether the places of these columns are known."""
        made = self._made
        return made is not None and made[0] == columns.state

    def of(self, columns: Columns) -> PlaceColumns:
        """Return where the pictures of columns were taken."""
        with self._lock:
            if self._made is None or self._made[0] != columns.state:
                self._made = (columns.state, read_places(columns))
            return self._made[1]
