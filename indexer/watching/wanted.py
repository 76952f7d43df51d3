"""Which of the changed paths in a watched folder an indexing run would look at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.files.formats import picture_suffixes
from indexer.files.ignore import IGNORE_FILE, is_out_of_view
from indexer.paths import inside
from indexer.store.roots import Root, covering_root


def wanted_paths(paths: Iterable[Path], folder: Path, known: Sequence[Root], library: Path | None) -> set[Path]:
    """Return the paths that matter, an ignore file's as its folder; what is in the library's own folder doesn't."""
    covering = covering_root(known, folder)
    if covering is None:
        return set()
    root, below = covering
    real_folder, real_library = os.path.realpath(folder), library and os.path.realpath(library)
    wanted: set[Path] = set()
    for path in paths:
        path = _without_links(path, folder, real_folder)
        path = path.parent if path.name == IGNORE_FILE else path
        inner = inside(str(path), str(root.path))
        if inner is None or not _may_matter(path):
            continue
        if real_library and inside(os.path.realpath(path), real_library) is not None:
            continue  # every run changes it
        if path == folder or not is_out_of_view(inner, below, root.rules):
            wanted.add(path)
    return wanted


def _without_links(path: Path, folder: Path, real_folder: str) -> Path:
    """Return the real path of a changed file in a watched folder; it may be reported by way of a link in there."""
    if path == folder:
        return path
    inner = inside(os.path.realpath(path.parent), real_folder)
    return path if inner is None else folder / inner / path.name


def _may_matter(path: Path) -> bool:
    """Return whether a path is a picture or a folder, or is gone and may have been one."""
    return path.suffix.lower() in picture_suffixes() or os.path.isdir(path) or not os.path.lexists(path)
