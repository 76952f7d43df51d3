"""What passes a condition, looked up once for each version of a table: how many rows, and which.

With the rows at hand a search need not work the condition out again, which takes longer than the search itself where no
index of a column helps. Lance asks of every row that it comes by whether it passes: some 20 ns of a set that lists its
rows, 5 ns of one that has a bit for each. So where few pass, it is told the many that do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.row_sets.roaring import MOST_LISTED, ROWS, can_pack, row_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

MOST_ROWS = 50_000_000  # of a table, a byte each while a set is made; of more Lance works out what passes each time,
MOST_PASSING = 1_000_000  # as it does where more pass, since to be told of one takes 100 ns, and Lance itself 25
MOST_BYTES = 64 << 20  # of sets that are kept
MOST_COUNTS = 64  # conditions whose rows are counted
AT_ONCE = 65_536  # rows


@dataclass(frozen=True, slots=True)
class Passing:
    """The rows that pass a condition in Lance's SQL, None for all; `rows` are options of a search that say which."""

    where: str | None
    count: int
    rows: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """The options of a search that let only these rows pass."""
        return dict(self.rows) or {"filter": self.where}


class KeptPassing:
    """What passed conditions that were asked for before, at one version of a table."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._version: int | None = None
        self._counts: dict[str | None, int] = {}
        self._rows: dict[str, dict[str, bytes]] = {}

    def count(self, dataset: Any, where: str | None) -> int:
        """Return how many rows pass."""
        self._turn_to(dataset.version)
        if where not in self._counts:
            count = int(dataset.count_rows(where))
            if len(self._counts) >= MOST_COUNTS:
                self._counts.clear()
            self._counts[where] = count
        return self._counts[where]

    def passing(self, dataset: Any, where: str | None, with_rows: bool) -> Passing:
        """Return how many rows pass, and which if that is wanted and a set of so many can be held."""
        count = self.count(dataset, where)
        is_too_large = count > MOST_PASSING or dataset.count_rows() > MOST_ROWS
        if where is None or not with_rows or is_too_large or dataset.has_stable_row_ids or not can_pack():
            return Passing(where, count)
        if where not in self._rows:
            rows = rows_passing(dataset, where)
            if sum(len(one) for kept in (*self._rows.values(), rows) for one in kept.values()) > MOST_BYTES:
                self._rows.clear()
            self._rows[where] = rows
        return Passing(where, count, self._rows[where])

    def _turn_to(self, version: int) -> None:
        """Forget what passed at another version."""
        if version != self._version:
            self._version = version
            self._counts.clear()
            self._rows.clear()


def rows_passing(dataset: Any, where: str) -> dict[str, bytes]:
    """Return the options of a search that let only the rows pass that do now: a set of them, or of all others."""
    import numpy as np

    passing = {piece.fragment_id: np.zeros(piece.physical_rows, dtype=np.bool_) for piece in dataset.get_fragments()}
    for batch in dataset.to_batches(columns=[], with_row_id=True, filter=where, batch_size=AT_ONCE):
        _mark(passing, batch["_rowid"].to_numpy())
    if _are_few(passing):
        return {"row_addr_blocklist": row_set({number: ~rows for number, rows in passing.items()})}
    return {"row_addr_allowlist": row_set(passing)}


def _mark(passing: Mapping[int, NDArray[np.bool_]], addresses: NDArray[np.uint64]) -> None:
    """Mark rows by their addresses: the number of the fragment, and the place of the row in it."""
    import numpy as np

    fragments = addresses >> np.uint64(32)
    for fragment in np.unique(fragments):
        passing[int(fragment)][addresses[fragments == fragment] & np.uint64(0xFFFFFFFF)] = True


def _are_few(passing: Mapping[int, NDArray[np.bool_]]) -> bool:
    """Return whether a set of these rows would list them."""
    import numpy as np

    count = sum(int(np.count_nonzero(rows)) for rows in passing.values())
    return count * ROWS < MOST_LISTED * sum(map(len, passing.values()))
