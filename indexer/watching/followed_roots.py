"""What becomes of watched folders when another process changes the library's roots.

A root keeps its id when it is moved, so a folder in it is known in its new place. Starts and stops nothing: that is
watch.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.files.ignore import ScanRules
from indexer.paths import outermost, readable
from indexer.store.roots import Root, covering_root

ENDED = "None of the watched folders is in the library any more, so watching ends."


@dataclass(frozen=True, slots=True)
class Change:
    """What to do about changed roots."""

    left: Sequence[Path]  # folders to watch no longer
    came: Sequence[Path]  # folders to watch and index
    again: Sequence[Path]  # watched folders to index, as their rules have changed
    told: Sequence[str]  # sentences for people


@dataclass(slots=True)
class FollowedRoots:
    """The roots as they were when they were last looked at, and where in them the watched folders are."""

    seen: dict[int, tuple[Path, ScanRules]] = field(default_factory=dict)  # by root id
    places: dict[Path, tuple[int, str]] = field(default_factory=dict)  # by folder: its root, and the path below that

    def begin(self, known: Iterable[Root], folders: Iterable[Path]) -> None:
        """Take the roots as they are, and the watched folders."""
        known = list(known)
        self.seen = {root.id: (root.path, root.rules) for root in known}
        around = {folder: covering_root(known, folder) for folder in folders}
        self.places = {folder: (pair[0].id, pair[1]) for folder, pair in around.items() if pair}

    def have_changed(self, known: Iterable[Root]) -> bool:
        """Return whether roots were removed, moved or added since, or have other rules."""
        return {root.id: (root.path, root.rules) for root in known} != self.seen

    def follow(self, known: Sequence[Root], watched: Collection[Path], every: Collection[Path] | None) -> Change:
        """Return what to do, and take the roots as they are now; `every` are the folders if all roots are watched."""
        now = {folder: self._now(folder, known) for folder in watched}
        wanted = set(every) if every is not None else set(outermost({path for path in now.values() if path}))
        left, came = sorted(set(watched) - wanted), sorted(wanted - set(watched))
        told = [_sentence(folder, now[folder], wanted) for folder in left]
        told += [f"{readable(folder)} was added and is watched, too." for folder in came if folder not in now.values()]
        before = self.seen
        self.begin(known, wanted)
        again = [
            folder
            for folder, (root, _) in sorted(self.places.items())
            if root in before and before[root][1] != self.seen[root][1]
        ]
        return Change(left, came, again, told if wanted else [*told, ENDED])

    def _now(self, folder: Path, known: Sequence[Root]) -> Path | None:
        """Return where a watched folder is now, None if it is in no root any more."""
        root, below = self.places.get(folder, (0, ""))
        moved = next((other.path / below for other in known if other.id == root), None)
        return moved or (folder if covering_root(known, folder) else None)


def _sentence(folder: Path, now: Path | None, wanted: Collection[Path]) -> str:
    """Say why a folder is watched no longer."""
    if now is None:
        return f"{readable(folder)} is no longer in the library, so it is not watched any more."
    if now in wanted and now != folder:
        return f"{readable(folder)} is now {readable(now)}, which is watched instead."
    return f"{readable(folder)} is watched with the folder around it."
