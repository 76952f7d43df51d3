"""Roots as a person names them, by a path, and the advice for a path that is none."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Collection
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.ignore import ScanRules
from indexer.files.mounts import existing_folder
from indexer.paths import absolute, readable
from indexer.spelling import spelled_as_known
from indexer.store.roots import Root, claim_root, covering_root, root_paths, roots, set_rules
from indexer.store.store import Store


def root_at(store: Store, folder: Path) -> Root | None:
    """Return the root that a person means by a path: its own, which may be a link by now, or the resolved one."""
    known = {root.path: root for root in roots(store)}
    typed = Path(os.path.abspath(folder))
    names = (typed, absolute(typed.parent) / typed.name, absolute(folder))
    spelled = (spelled_as_known(name, known) for name in names)
    return next((known[name] for name in (*names, *spelled) if name in known), None)


def as_indexed(folder: Path, known: Collection[Path]) -> Path:
    """Return an absolute path for a typed folder: a known root keeps its path even if that is a link by now."""
    typed = spelled_as_known(Path(os.path.abspath(folder)), known)
    return typed if typed in known else spelled_as_known(absolute(folder), known)


def named_root(store: Store, folder: Path, advice: Callable[[Root, str], str]) -> Root:
    """Return the root that a person means, or raise FolderError; `advice` is for a path inside a root."""
    root = root_at(store, folder)
    if root is not None:
        return root
    known = roots(store)
    around = covering_root(known, spelled_as_known(absolute(folder), [root.path for root in known]))
    if around is not None:
        raise FolderError(f"{readable(folder)} is inside the root {readable(around[0].path)}; {advice(*around)}")
    raise FolderError(f"{readable(folder)} is not a root of this library; see: clipsearch roots list")


def how_to_leave_out(root: Root, below: str) -> str:
    """Return the advice for leaving out a path inside a root, besides what the root leaves out already."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", below)
    patterns = [f"--exclude {shlex.quote(readable(pattern))}" for pattern in (*root.rules.exclude, f"/{escaped}")]
    return f"to leave it out, run: clipsearch index {quoted(root.path)} {' '.join(patterns)}"


def how_to_reach(root: str) -> str:
    """Return the advice for a root that is not there, of which `root` is the name as it is typed in a shell."""
    return f"mount its drive, or, if it was moved, run: clipsearch roots move {root} NEW"


def add_root(store: Store, folder: Path, change: Callable[[ScanRules], ScanRules] | None = None) -> tuple[Root, str]:
    """Add an existing folder without indexing it, and return as `claim_root` does; `change` is for its rules.

    Raises FolderError if there is no such folder, InvalidRequest for rules of a folder inside a root.
    """
    path = existing_folder(folder)
    known = root_at(store, folder)
    with store.writing():
        root, below = claim_root(store, known.path if known else spelled_as_known(path, root_paths(store).values()))
        if change is None:
            return root, below
        if below:
            raise InvalidRequest(
                f"{readable(folder)} is inside the root {readable(root.path)}, and what is left out is set for a whole"
                f" root; name it: clipsearch roots add {quoted(root.path)}"
            )
        return set_rules(store, root, change(root.rules)), below


def quoted(path: Path) -> str:
    """Return a path as it is typed in a shell."""
    return shlex.quote(readable(path))
