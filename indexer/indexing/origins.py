"""Where the bytes of a new file are known from: a place where they are not any more, or one to copy from.

Each content is looked up once, and each place looked at once, however many files have the very same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from indexer.files.mounts import file_is_gone
from indexer.indexing.plan import Plan
from indexer.paths import from_columns
from indexer.store.models import StoredModel
from indexer.store.roots import roots
from indexer.store.store import Store

Place = tuple[int, str]  # a root's id and a path relative to it


@dataclass(slots=True)
class Same:
    """The places where the same bytes are known."""

    places: Set[Place]
    embedded: Place | None  # the first of them with an embedding by the model
    unseen: deque[Place]  # not looked at yet
    left: list[Place] = field(default_factory=list)  # without the bytes now, but none has moved from there


class Origins:
    """Finds where files have moved from; each place is the origin of one file."""

    def __init__(self, store: Store, plans: Sequence[Plan], model: StoredModel | None, free: Set[Place]) -> None:
        """`free` are the places of which the plans know that their bytes are not there any more."""
        self._store = store
        self._model = model
        self._free = free
        self._kept = {(plan.root.id, path) for plan in plans for paths in plan.kept.values() for path in paths}
        self._folders = {root.id: root.path for root in roots(store)}
        self._same: dict[tuple[int, bytes], Same] = {}

    def of(self, size: int, digest: bytes) -> Same:
        """Return where bytes of this size and hash are known."""
        if (size, digest) not in self._same:
            embedded = self._places(size, digest)
            first = next((place for place, has in embedded.items() if has), None)
            self._same[size, digest] = Same(embedded.keys(), first, deque(embedded))
        return self._same[size, digest]

    def moved(self, same: Same, place: Place) -> Place | None:
        """Return the place that a file has moved from, if any; it is the origin of no other from now on."""
        for number, origin in enumerate(same.left):
            if self._may_move(origin, place):
                return same.left.pop(number)
        while same.unseen:
            origin = same.unseen.popleft()
            # A place may be gone also where this run did not look.
            if origin in self._free or file_is_gone(self._folders[origin[0]], origin[1]):
                if self._may_move(origin, place):
                    return origin
                same.left.append(origin)
        return None

    def _may_move(self, origin: Place, place: Place) -> bool:
        """Return whether it is no other root's picture that is kept, as its drive may not be mounted."""
        return origin not in self._kept or origin[0] == place[0]

    def _places(self, size: int, digest: bytes) -> dict[Place, bool]:
        """Return where these very bytes are known, and whether the model has embedded them there."""
        rows = self._store.db.execute(
            "SELECT root, path, path_bytes, EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)"
            " FROM images WHERE size = ? AND content_hash = ? ORDER BY id",
            [self._model.id if self._model else None, size, digest],
        )
        return {(row[0], from_columns(row[1], row[2])): bool(row[3]) for row in rows}
