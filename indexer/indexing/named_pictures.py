"""The files that a person means by naming files and folders, as jobs; a folder is looked through as a run does it.

What lies in a root of the library is a file of that root: its rules hold, and what is known of it is found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.engine.job import Job
from indexer.files.found import Problem, found_file, storable
from indexer.indexing.listing import Listing, list_files
from indexer.paths import inside
from indexer.root_folders.named_roots import as_indexed
from indexer.store.roots import Root, covering_root, roots
from indexer.store.store import Store

NO_ROOT = 0  # the id of a folder that is none of the library's


@dataclass(slots=True)
class NamedPictures:
    """What was found."""

    jobs: list[Job] = field(default_factory=list)  # each file once: as it was named, in a folder by path
    named: dict[Path, Job] = field(
        default_factory=dict
    )  # the files that were named themselves, by what they were called
    without_pictures: list[Path] = field(default_factory=list)  # folders
    away: int = 0  # pictures that a sync client has put away
    links: int = 0  # symbolic links not followed
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name


def named_pictures(store: Store, paths: Sequence[Path], report: Callable[[Problem], None]) -> NamedPictures:
    """Return the files that are named, and those below the folders that are; `report` gets what can't be read."""
    found, known = NamedPictures(), roots(store)
    seen: set[Path] = set()
    for named in paths:
        path = as_indexed(named, [root.path for root in known])
        try:
            is_folder = os.path.isdir(path)
            jobs = _below(path, known, found, report) if is_folder else [_file(path, known)]
        except OSError as error:
            report(Problem(named, "no such file" if isinstance(error, FileNotFoundError) else str(error.strerror)))
            continue
        for job in jobs:
            if not is_folder:
                found.named[named] = job
            if job.path not in seen:
                seen.add(job.path)
                found.jobs.append(job)
    return found


def _file(path: Path, known: Iterable[Root]) -> Job:
    """Return a named file, whatever its name and the rules say; raises OSError."""
    status = path.stat()
    root, below = covering_root(known, path) or (Root(NO_ROOT, path.parent, None), path.name)
    return Job(root, found_file(below, status))


def _below(
    folder: Path, known: Sequence[Root], found: NamedPictures, report: Callable[[Problem], None]
) -> Iterator[Job]:
    """Yield the pictures below a folder, by path."""
    root, below = covering_root(known, folder) or (Root(NO_ROOT, folder, None), "")
    listing = list_files(root, [below], report, lambda: False) or Listing()
    if not listing.files and not listing.unread:
        found.without_pictures.append(folder)
    found.away += len(listing.away)
    found.links += listing.links
    for extra, files in listing.passed_over.items():
        found.passed_over[extra] = found.passed_over.get(extra, 0) + files
    inner = [] if root.id else [(one, f"{start}/") for one in known if (start := inside(str(one.path), str(folder)))]
    for file in sorted(storable(file) for files in listing.pictures for file in files):
        own, start = next(((one, start) for one, start in inner if file.path.startswith(start)), (root, ""))
        yield Job(own, file._replace(path=file.path.removeprefix(start)))
