"""The roots in the store: the folders whose pictures are in the library, how they cover each other, and their moves.

Picture paths are relative to a root, so that a root can move. No root is inside another, but for one that was out of
reach when the other came. Who writes here holds the library's lock (indexer/store/lock.py).
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Pictures
from indexer.files.ignore import ScanRules
from indexer.files.scan import scan
from indexer.paths import absolute, from_columns, inside, readable, to_columns
from indexer.store.store import Store, now

SAMPLE = 100  # pictures that are looked for where a root is said to be now


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose pictures are in the library."""

    id: int
    path: Path
    indexed_at: str | None  # when a run last finished, UTC
    rules: ScanRules = field(default_factory=ScanRules)  # what it leaves out and takes in


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a root did."""

    place: Path  # where the pictures are now
    root: Root  # that has them now
    pictures: int  # that moved
    looked_for: int  # of them, in the new place
    found: int  # of those
    merged: int  # pictures of the new place that gave way to those that moved there


def roots(store: Store) -> list[Root]:
    """Return the roots, oldest first."""
    rows = store.db.execute(
        "SELECT id, path, path_bytes, indexed_at, exclude, include_hidden, follow_links FROM roots ORDER BY id"
    )
    return [
        Root(
            row[0],
            Path(from_columns(row[1], row[2])),
            row[3],
            ScanRules(tuple(json.loads(row[4])), bool(row[5]), bool(row[6])),
        )
        for row in rows
    ]


def set_rules(store: Store, root: Root, rules: ScanRules) -> Root:
    """Write down what a root leaves out and takes in from now on, and return it as it then is."""
    store.db.execute(
        "UPDATE roots SET exclude = ?, include_hidden = ?, follow_links = ? WHERE id = ?",
        [json.dumps(rules.exclude), rules.include_hidden, rules.follow_links, root.id],
    )
    return replace(root, rules=rules)


def count_by_root(store: Store) -> dict[int, int]:
    """Return the number of pictures of each root that has any, by root id."""
    return {row[0]: row[1] for row in store.db.execute("SELECT root, count(*) FROM images GROUP BY root")}


def root_at(store: Store, folder: Path) -> Root | None:
    """Return the root that a person means by a path: by its own name, which may be a link by now, or resolved."""
    known = {root.path: root for root in roots(store)}
    typed = Path(os.path.abspath(folder))
    names = (typed, absolute(typed.parent) / typed.name, absolute(folder))
    return next((known[name] for name in names if name in known), None)


def named_root(store: Store, folder: Path, advice: Callable[[Root, str], str]) -> Root:
    """Return the root that a person means, or raise FolderError; `advice` is for a path inside a root."""
    root = root_at(store, folder)
    if root is not None:
        return root
    around = _covering_root(roots(store), absolute(folder))
    if around is not None:
        raise FolderError(f"{_shown(folder)} is inside the root {_shown(around[0].path)}; {advice(*around)}")
    raise FolderError(f"{_shown(folder)} is no root of this library; see: clipsearch roots list")


def how_to_leave_out(root: Root, below: str) -> str:
    """Say how to leave out a path inside a root, besides what it leaves out already."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", below)
    patterns = [f"--exclude {shlex.quote(readable(one))}" for one in (*root.rules.exclude, f"/{escaped}")]
    return f"to leave it out, run: clipsearch index {_quoted(root.path)} {' '.join(patterns)}"


def add_root(store: Store, folder: Path, change: Callable[[ScanRules], ScanRules] | None = None) -> tuple[Root, str]:
    """Make an existing folder known without indexing it, and return as `claim_root` does; `change` is for its rules.

    Raises FolderError if there is no such folder, InvalidRequest for rules of a folder inside a root.
    """
    place = existing_folder(folder)
    known = root_at(store, folder)
    with store.writing():
        root, below = claim_root(store, known.path if known else place)
        if change is None:
            return root, below
        if below:
            raise InvalidRequest(
                f"{_shown(folder)} is inside the root {_shown(root.path)}, and what is left out is set for a whole"
                f" root; name it: clipsearch roots add {_quoted(root.path)}"
            )
        return set_rules(store, root, change(root.rules)), below


def claim_root(store: Store, folder: Path) -> tuple[Root, str]:
    """Return the root that covers an absolute folder, and the folder relative to it ("" if it is the root).

    A folder inside a known root belongs to that root. A root takes over the known roots inside it: their
    pictures keep their ids and embeddings. One that is empty or gone (not mounted, perhaps) is left as it is.
    """
    with store.writing():
        root, below = _covering_root(roots(store), folder) or (_insert_root(store, folder), "")
        for other in roots(store):
            inner = inside(str(other.path), str(root.path))
            if inner and holds_something(other.path):
                _hand_over(store, other, root, inner)
    return root, below


def _covering_root(among: Iterable[Root], folder: Path) -> tuple[Root, str] | None:
    """Return the outermost root around a folder, and the folder relative to it."""
    covering = [(root, inside(str(folder), str(root.path))) for root in among]
    found = [(root, below) for root, below in covering if below is not None]
    return max(found, key=lambda pair: len(pair[1]), default=None)


def _insert_root(store: Store, folder: Path) -> Root:
    """Insert a root."""
    name, name_bytes = to_columns(str(folder))
    cursor = store.db.execute(
        "INSERT INTO roots (path, path_bytes, added_at) VALUES (?, ?, ?)", [name, name_bytes, now()]
    )
    return Root(int(cursor.lastrowid or 0), folder, None)


def existing_folder(folder: Path) -> Path:
    """Return a folder that a person gave as an absolute path, or raise FolderError."""
    place = absolute(folder)
    if os.path.isdir(place):
        return place
    if os.path.exists(place):
        raise FolderError(f"{_shown(folder)} is a file; name its folder.")
    raise FolderError(f"There is no folder {_shown(folder)}; check the name, and that its drive is mounted.")


def _shown(path: Path) -> str:
    """Return a path for a message."""
    return readable(str(path))


def _quoted(path: Path) -> str:
    """Return a path for a command line."""
    return shlex.quote(readable(str(path)))


def state_of(folder: Path) -> str:
    """Say whether a root can be read now: "mounted", "empty" (its drive may not be mounted), "not there" or else."""
    try:
        with os.scandir(folder) as entries:
            return "empty" if next(entries, None) is None else "mounted"
    except (FileNotFoundError, NotADirectoryError):
        return "not there"
    except OSError:
        return "not readable"


def holds_something(folder: Path) -> bool:
    """Return whether a folder is there and has an entry."""
    return state_of(folder) == "mounted"


def nearest_folder(root: Path, path: str) -> Path:
    """Return the innermost folder of a relative path that still exists."""
    place = (root / path).parent
    while not os.path.isdir(place):
        place = place.parent
    return place


def file_is_gone(root: Path, path: str) -> bool:
    """Return whether a file was surely deleted or moved, not just out of reach with a drive that is not mounted."""
    if os.path.lexists(root / path) or not os.path.isdir(root):
        return False
    return holds_something(nearest_folder(root, path))


def remove_root(store: Store, folder: Path) -> int | None:
    """Remove the root at this very path with its pictures, and return how many; None if it is no root."""
    with store.writing():
        for root in roots(store):
            if root.path == folder:
                pictures = count_by_root(store).get(root.id, 0)
                store.db.execute("DELETE FROM roots WHERE id = ?", [root.id])
                return pictures
    return None


def _hand_over(store: Store, source: Root, target: Root, below: str, *, source_wins: bool = True) -> int:
    """Hand a root's pictures and failures to another root and remove it; return how many pictures gave way.

    `below` is the source relative to the target. Of a file that both know, the winner's rows stay.
    """
    gave_way = _hand_over_rows(store, "images", source, target, below, source_wins)
    _hand_over_rows(store, "failures", source, target, below, source_wins)
    store.db.execute(
        "DELETE FROM failures WHERE root = ? AND EXISTS (SELECT 1 FROM images WHERE images.root = failures.root AND"
        " ifnull(images.path_bytes, images.path) = ifnull(failures.path_bytes, failures.path))",
        [target.id],
    )
    store.db.execute("DELETE FROM roots WHERE id = ?", [source.id])
    return gave_way


def _hand_over_rows(store: Store, table: str, source: Root, target: Root, below: str, source_wins: bool) -> int:
    """Hand the rows of one table over, and return how many were dropped because the other root has their file."""
    rows = store.db.execute(f"SELECT id, path, path_bytes FROM {table} WHERE root = ?", [source.id]).fetchall()
    prefix = f"{below}/" if below else ""
    moving = {row[0]: to_columns(prefix + from_columns(row[1], row[2])) for row in rows}
    there = store.db.execute(f"SELECT id, ifnull(path_bytes, path) FROM {table} WHERE root = ?", [target.id]).fetchall()
    if source_wins:
        keys = {_key(*columns) for columns in moving.values()}
        dropped = [row for row, key in there if key in keys]
    else:
        keys = {key for _, key in there}
        dropped = [row for row, columns in moving.items() if _key(*columns) in keys]
    store.db.conn.executemany(f"DELETE FROM {table} WHERE id = ?", [(row,) for row in dropped])
    store.db.conn.executemany(
        f"UPDATE {table} SET root = ?, path = ?, path_bytes = ? WHERE id = ?",
        [(target.id, *columns, row) for row, columns in moving.items()],
    )
    return len(dropped)


def _key(path: str, path_bytes: bytes | None) -> str | bytes:
    """Return what identifies a file within its root."""
    return path if path_bytes is None else path_bytes


def move_root(store: Store, old: Path, new: Path, *, force: bool = False) -> Move:
    """Write down that a root now is at another place; its pictures keep ids, embeddings and labels.

    A root at or inside the new place is merged into it, and if the new place is inside another root, that one gets
    the pictures: of a file that both know, the rows that move there stay. Raises FolderError if `old` is no root,
    `new` no folder, or, without `force`, none of the pictures is there or the root around `new` leaves it out.
    """
    root = named_root(store, old, lambda *_: _how_to_move_inside(new))
    known = root_at(store, new)
    place = known.path if known else absolute(new)
    if place == root.path:
        raise InvalidRequest(f"The root {_shown(place)} is there already; name the folder that it has become.")
    existing_folder(new)
    others = [one for one in roots(store) if one.id != root.id]
    around = _covering_root(others, place)
    if around is not None and not around[1]:
        around = None  # a root at the new place itself is merged
    looked_for = _sample(store, root)
    found = [path for path in looked_for if os.path.lexists(place / path)]
    if not force:
        _check_move(root, place, looked_for, found, around)
    pictures = count_by_root(store).get(root.id, 0)
    with store.writing():
        merged = _merge_inner(store, root, place, others)
        if around is not None:
            merged += _hand_over(store, root, *around)
        else:
            columns = to_columns(str(place))
            store.db.execute("UPDATE roots SET path = ?, path_bytes = ? WHERE id = ?", [*columns, root.id])
    holder = around[0] if around else replace(root, path=place)
    return Move(place, holder, pictures, len(looked_for), len(found), merged)


def _how_to_move_inside(new: Path) -> str:
    """Say what to do about a moved folder that is no root."""
    return f"only whole roots are moved, but moved pictures are known by their content: clipsearch index {_quoted(new)}"


def _merge_inner(store: Store, root: Root, place: Path, others: Iterable[Root]) -> int:
    """Hand to a root what others have at or inside the place it moves to; return how many pictures gave way."""
    gave_way = 0
    for other in others:
        inner = inside(str(other.path), str(place))
        if inner == "" or (inner and holds_something(other.path)):
            gave_way += _hand_over(store, other, root, inner, source_wins=False)
    return gave_way


def _sample(store: Store, root: Root) -> list[str]:
    """Return the relative paths of some of a root's pictures."""
    rows = store.db.execute(
        "SELECT path, path_bytes FROM images WHERE root = ? ORDER BY random() LIMIT ?", [root.id, SAMPLE]
    )
    return [from_columns(*row) for row in rows]


def _check_move(
    root: Root, place: Path, looked_for: Sequence[str], found: Sequence[str], around: tuple[Root, str] | None
) -> None:
    """Raise FolderError if a move would make the next run forget the pictures."""
    if looked_for and not found:
        raise FolderError(
            f"None of {len(looked_for)} pictures of {_shown(root.path)} that were looked for is in {_shown(place)};"
            " name the folder that it has become, or pass --force if that is right."
        )
    if around is not None and found and not any(_is_seen(around[0], f"{around[1]}/{path}") for path in found):
        raise FolderError(
            f"The root {_shown(around[0].path)} leaves {_shown(place)} out (hidden, or by a pattern), so the pictures"
            " would be forgotten; change its patterns first, or pass --force."
        )


def _is_seen(root: Root, path: str) -> bool:
    """Return whether a scan of a root takes a path in."""
    return any(isinstance(entry, Pictures) for entry in scan(root.path, path, lambda _: None, root.rules))


def mark_indexed(store: Store, root: Root, up_to_date: bytes | None) -> None:
    """Write down that a run over the root has finished, and the hash of its files if it left nothing to do."""
    store.db.execute("UPDATE roots SET indexed_at = ?, up_to_date = ? WHERE id = ?", [now(), up_to_date, root.id])
