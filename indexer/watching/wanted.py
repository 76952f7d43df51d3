"""Which of the changed paths in a watched folder an indexing run would look at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.files.away import stands_for
from indexer.files.formats import picture_suffixes
from indexer.files.ignore import IGNORE_FILE, is_out_of_view
from indexer.paths import inside
from indexer.store.roots import Root, covering_roots


def wanted_paths(paths: Iterable[Path], folder: Path, known: Sequence[Root], library: Path | None) -> set[Path]:
    """Return the paths that matter, an ignore file's as its folder, a placeholder's as the picture that is away.

    What is in the library's own folder doesn't matter.
    """
    around = covering_roots(known, folder)
    real_folder, real_library = os.path.realpath(folder), library and os.path.realpath(library)
    wanted: set[Path] = set()
    for path in paths:
        path = _without_links(path, folder, real_folder)
        path = path.parent if path.name == IGNORE_FILE else path.with_name(stands_for(path.name) or path.name)
        if real_library and inside(os.path.realpath(path), real_library) is not None:
            continue  # every run changes it
        if _may_matter(path) and any(_is_seen(path, folder, root, below) for root, below in around):
            wanted.add(path)
    return wanted


def _is_seen(path: Path, folder: Path, root: Root, below: str) -> bool:
    """Return whether a run over a root looks at a path; the watched folder, `below` the root, is always looked at."""
    inner = inside(str(path), str(root.path))
    return inner is not None and (path == folder or not is_out_of_view(inner, below, root.rules))


def _without_links(path: Path, folder: Path, real_folder: str) -> Path:
    """Return the real path of a changed file in a watched folder; it may be reported by way of a link in there."""
    if path == folder:
        return path
    inner = inside(os.path.realpath(path.parent), real_folder)
    return path if inner is None else folder / inner / path.name


def _may_matter(path: Path) -> bool:
    """Return whether a path is a picture or a folder, or is gone and may have been one."""
    return path.suffix.lower() in picture_suffixes() or os.path.isdir(path) or not os.path.lexists(path)
