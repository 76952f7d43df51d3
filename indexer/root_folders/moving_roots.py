"""Moving a root: its pictures keep their ids, embeddings and labels when the folder is renamed or mounted elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import FolderPictures
from indexer.files.mounts import existing_folder, holds_something
from indexer.files.scan import scan
from indexer.paths import absolute, from_columns, inside, readable, to_columns
from indexer.root_folders.named_roots import named_root, quoted, root_at
from indexer.spelling import spelled_as_known
from indexer.store.roots import Root, count_by_root, covering_root, hand_over, root_paths, roots
from indexer.store.store import Store
from indexer.wording import agreeing, counted

SAMPLE = 100  # pictures to look for in the folder that a root is said to be now


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a root did."""

    folder: Path  # where the pictures are now
    root: Root  # that has them now
    pictures: int  # that moved
    looked_for: int  # of them, in the new folder
    found: int  # of those
    merged: int  # pictures known in the new folder that were dropped for those that moved there


def move_root(store: Store, old: Path, new: Path, *, force: bool = False) -> Move:
    """Store that a root is another folder now; its pictures keep ids, embeddings and labels.

    A root at or inside the new folder is merged into it, and if the new folder is inside another root, that one gets
    the pictures: of a file that both know, the rows that move there stay. Raises FolderError if `old` is not a root,
    `new` not a folder, or, without `force`, none of the pictures is there or the root around `new` leaves it out.
    """
    root = named_root(store, old, lambda *_: _how_to_move_inside(new))
    known = root_at(store, new)
    folder = known.path if known else spelled_as_known(absolute(new), root_paths(store).values())
    if folder == root.path:
        raise InvalidRequest(f"The root {readable(folder)} is there already; name the folder that it has become.")
    existing_folder(new)
    others = [other for other in roots(store) if other.id != root.id]
    around = covering_root(others, folder)
    if around is not None and not around[1]:
        around = None  # a root at the new folder itself is merged
    looked_for = _sample(store, root)
    found = [path for path in looked_for if os.path.lexists(folder / path)]
    if not force:
        _check_move(root, folder, looked_for, found, around)
    pictures = count_by_root(store).get(root.id, 0)
    with store.writing():
        merged = _merge_inner(store, root, folder, others)
        if around is not None:
            merged += hand_over(store, root, *around)
        else:
            columns = to_columns(str(folder))
            store.db.execute("UPDATE roots SET path = ?, path_bytes = ? WHERE id = ?", [*columns, root.id])
    holder = around[0] if around else replace(root, path=folder)
    return Move(folder, holder, pictures, len(looked_for), len(found), merged)


def _how_to_move_inside(new: Path) -> str:
    """Return the advice for a folder that was moved and is not a root."""
    return (
        "only whole roots can be moved, but pictures that were moved are recognised by their content;"
        f" run: clipsearch index {quoted(new)}"
    )


def _merge_inner(store: Store, root: Root, folder: Path, others: Iterable[Root]) -> int:
    """Give a root the pictures of roots at or inside the folder it moves to; return how many were dropped for that."""
    dropped = 0
    for other in others:
        inner = inside(str(other.path), str(folder))
        if inner == "" or (inner and holds_something(other.path)):
            dropped += hand_over(store, other, root, inner, source_wins=False)
    return dropped


def _sample(store: Store, root: Root) -> list[str]:
    """Return the relative paths of some of a root's pictures."""
    rows = store.db.execute(
        "SELECT path, path_bytes FROM images WHERE root = ? ORDER BY random() LIMIT ?", [root.id, SAMPLE]
    )
    return [from_columns(*row) for row in rows]


def _check_move(
    root: Root, folder: Path, looked_for: Sequence[str], found: Sequence[str], around: tuple[Root, str] | None
) -> None:
    """Raise FolderError if a move would make the next run forget the pictures."""
    if looked_for and not found:
        verb = agreeing(len(looked_for), "was", "were")
        raise FolderError(
            f"None of {counted(len(looked_for), 'picture')} of {readable(root.path)} that {verb} looked for is in"
            f" {readable(folder)}; name the folder that it has become, or pass --force if that is right."
        )
    if around is not None and found and not any(_is_seen(around[0], f"{around[1]}/{path}") for path in found):
        raise FolderError(
            f"The root {readable(around[0].path)} leaves {readable(folder)} out (hidden, or by a pattern), so the"
            " pictures would be forgotten; change its patterns first, or pass --force."
        )


def _is_seen(root: Root, path: str) -> bool:
    """Return whether a scan of a root finds a path."""
    return any(isinstance(entry, FolderPictures) for entry in scan(root.path, path, lambda _: None, root.rules))
