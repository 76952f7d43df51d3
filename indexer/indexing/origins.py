"""Where the bytes of a new file are known from: a path where they are no longer, or one to copy from.

Each content is looked up once, and each path looked at once, however many files have the same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from indexer.files.mounts import file_is_gone
from indexer.indexing.plan import Plan
from indexer.paths import from_columns
from indexer.store.models import StoredModel
from indexer.store.pictures import KnownPath
from indexer.store.roots import root_paths
from indexer.store.soundness import is_name
from indexer.store.store import Store


@dataclass(slots=True)
class Same:
    """The paths where the same bytes are known."""

    paths: Set[KnownPath]
    embedded: KnownPath | None  # the first of them with an embedding by the model
    unseen: deque[KnownPath]  # not looked at yet
    left: list[KnownPath] = field(default_factory=list)  # without the bytes now, but no file has moved from there yet


class Origins:
    """Finds where files have moved from; each path is the origin of one file."""

    def __init__(self, store: Store, plans: Sequence[Plan], model: StoredModel | None, vacated: Set[KnownPath]) -> None:
        """Take the plans, and the paths of which they know that the bytes are no longer there."""
        self._store = store
        self._model = model
        self._vacated = vacated
        self._kept = {(plan.root.id, path) for plan in plans for paths in plan.kept.values() for path in paths}
        self._folders = root_paths(store)
        self._same: dict[tuple[int, bytes], Same] = {}

    def of(self, size: int, digest: bytes) -> Same:
        """Return where bytes of this size and hash are known."""
        if (size, digest) not in self._same:
            embedded = self._paths(size, digest)
            first = next((path for path, has in embedded.items() if has), None)
            self._same[size, digest] = Same(embedded.keys(), first, deque(embedded))
        return self._same[size, digest]

    def moved(self, same: Same, path: KnownPath) -> KnownPath | None:
        """Return the path that a file has moved from, if any; no other file can have moved from there then."""
        for number, origin in enumerate(same.left):
            if self._may_move(origin, path):
                return same.left.pop(number)
        while same.unseen:
            origin = same.unseen.popleft()
            # Files may also be gone in folders where this run did not look.
            if origin in self._vacated or file_is_gone(self._folders[origin[0]], origin[1]):
                if self._may_move(origin, path):
                    return origin
                same.left.append(origin)
        return None

    def _may_move(self, origin: KnownPath, path: KnownPath) -> bool:
        """Return whether it is not a kept picture of another root, whose drive may not be mounted."""
        return origin not in self._kept or origin[0] == path[0]

    def _paths(self, size: int, digest: bytes) -> dict[KnownPath, bool]:
        """Return where these bytes are known, and whether the model has embedded them there."""
        rows = self._store.db.execute(
            "SELECT root, path, path_bytes, EXISTS (SELECT 1 FROM embeddings WHERE image = images.id AND model = ?)"
            " FROM images WHERE size = ? AND content_hash = ? ORDER BY id",
            [self._model.id if self._model else None, size, digest],
        )
        return {
            (root, from_columns(path, raw)): bool(embedded)
            for root, path, raw, embedded in rows
            if root in self._folders and is_name(path, raw)
        }
