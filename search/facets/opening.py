"""What of facets takes seconds for a million, made once for each state of the library and shared by threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from search.facets.place_columns import PlaceColumns, read_places

if TYPE_CHECKING:
    from search.columns.columns import Columns


class OpenPlaces:
    """Where the pictures of one library were taken."""

    def __init__(self, names: Callable[[], str] = lambda: "") -> None:
        """Take what tells how far the names of places are, which may not be there at first."""
        self._lock = threading.Lock()
        self._names = names
        self._made: tuple[tuple[str, str], PlaceColumns] | None = None

    def are_ready(self, columns: Columns) -> bool:
        """Return whether the places of these columns are known."""
        made = self._made
        return made is not None and made[0] == self._state(columns)

    def of(self, columns: Columns) -> PlaceColumns:
        """Return where the pictures of columns were taken."""
        with self._lock:
            state = self._state(columns)
            if self._made is None or self._made[0] != state:
                self._made = (state, read_places(columns))
            return self._made[1]

    def _state(self, columns: Columns) -> tuple[str, str]:
        return columns.state, self._names()
