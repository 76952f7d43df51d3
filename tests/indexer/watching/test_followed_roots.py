"""Tests of followed_roots: what a watch does when another process removes, moves or adds roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.files.ignore import ScanRules
from indexer.root_folders.moving_roots import move_root
from indexer.root_folders.named_roots import add_root
from indexer.store.roots import remove_root, roots
from indexer.store.store import Store
from indexer.watching.followed_roots import ENDED, FollowedRoots
from indexer.watching.watch import watched_folders


@pytest.fixture
def disk(tmp_path: Path, store: Store) -> Path:
    """Folders, of which a and b are roots."""
    for name in ("outer/a/sub", "b", "c", "new"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "a.txt").touch()
    add_root(store, tmp_path / "outer/a")
    add_root(store, tmp_path / "b")
    return tmp_path


@dataclass
class Case:
    """What another process does, and what follows for folders that are watched."""

    name: str
    watched: Sequence[str]  # none: all roots
    act: Callable[[Store, Path], object]
    after: Sequence[str]
    told: Sequence[str] = ()
    again: Sequence[str] = ()


def remove(*names: str) -> Callable[[Store, Path], object]:
    return lambda store, disk: [remove_root(store, disk / name) for name in names]


def move(old: str, new: str) -> Callable[[Store, Path], object]:
    return lambda store, disk: move_root(store, disk / old, disk / new, force=True)


def add(name: str, rules: ScanRules | None = None) -> Callable[[Store, Path], object]:
    return lambda store, disk: add_root(store, disk / name, None if rules is None else lambda _: rules)


def both(*acts: Callable[[Store, Path], object]) -> Callable[[Store, Path], object]:
    return lambda store, disk: [act(store, disk) for act in acts]


GONE = "is no longer in the library, so it is not watched any more."
CASES = [
    Case("one of all", [], remove("b"), ["outer/a"], [f"b {GONE}"]),
    Case("all of all", [], remove("b", "outer/a"), [], [f"b {GONE}", f"outer/a {GONE}", ENDED]),
    Case("the named one", ["b"], remove("b"), [], [f"b {GONE}", ENDED]),
    Case("another than the named one", ["b"], remove("outer/a"), ["b"]),
    Case("the root around the named one", ["outer/a/sub", "b"], remove("outer/a"), ["b"], [f"outer/a/sub {GONE}"]),
    Case("moved", [], move("b", "new"), ["outer/a", "new"], ["b is now new, which is watched instead."]),
    Case("the named one moved", ["b"], move("b", "new"), ["new"], ["b is now new, which is watched instead."]),
    Case(
        "the root around it moved",
        ["outer/a/sub"],
        move("outer/a", "new"),
        ["new/sub"],
        ["outer/a/sub is now new/sub, which is watched instead."],
    ),
    Case("added to all", [], add("c"), ["outer/a", "b", "c"], ["c was added and is watched, too."]),
    Case("added beside the named", ["b"], add("c"), ["b"]),
    Case("a root around it", ["outer/a"], add("outer"), ["outer/a"]),
    Case(
        "a root around one of all",
        [],
        add("outer"),
        ["outer", "b"],
        ["outer/a is watched with the folder around it.", "outer was added and is watched, too."],
    ),
    Case("removed and added again", [], both(remove("b"), add("b")), ["outer/a", "b"]),
    Case("another rule", [], add("b", ScanRules(exclude=("x",))), ["outer/a", "b"], again=["b"]),
    Case(
        "another rule above", ["outer/a/sub"], add("outer/a", ScanRules(("x",))), ["outer/a/sub"], again=["outer/a/sub"]
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_follows(store: Store, disk: Path, case: Case) -> None:
    named = [disk / name for name in case.watched]
    watched = set(watched_folders(store, named))
    followed = FollowedRoots()
    followed.begin(roots(store), watched)
    assert not followed.have_changed(roots(store))
    case.act(store, disk)
    known = roots(store)
    assert followed.have_changed(known)
    change = followed.follow(known, watched, None if named else watched_folders(store, []))
    assert watched - set(change.left) | set(change.came) == {disk / name for name in case.after}
    assert [line.replace(f"{disk}/", "") for line in change.told] == list(case.told)
    assert change.again == [disk / name for name in case.again]
    assert not followed.have_changed(roots(store))
