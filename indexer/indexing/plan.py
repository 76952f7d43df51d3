"""What has to be done for one root: its scan compared with the library, and which pictures are surely gone."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from indexer.files.found import FoundFile, Problem, Signature, storable
from indexer.files.ignore import IGNORE_FILE, is_out_of_view
from indexer.files.mounts import holds_something, nearest_folder
from indexer.indexing.listing import Listing, list_files, up_to_date
from indexer.indexing.retouched import retouched_among, take_over
from indexer.paths import inside
from indexer.store.embeddings import all_embedded
from indexer.store.failures import (
    count_failures,
    drop_gone_failures,
    failed_signatures,
    may_be_read_now,
    remember_problems,
)
from indexer.store.known_files import incomplete_files, known_files
from indexer.store.models import StoredModel
from indexer.store.roots import Root
from indexer.store.store import Store

# More missing pictures, and a larger part of a root, than a person is believed to have deleted at once:
MANY_PICTURES, NEARLY_ALL = 10, 0.9


@dataclass(slots=True)
class Plan:
    """What has to be done for one root, or for files and folders in it."""

    root: Root
    paths: Sequence[str]  # relative to the root; ("",) is all of it
    found: int = 0  # picture files
    failed: int = 0  # of them, those known to be bad and not changed since
    links: int = 0  # symbolic links not followed
    away: int = 0  # pictures that a sync client has put away
    unread: int = 0  # folders and files that could not be examined
    stale: list[FoundFile] = field(default_factory=list)  # new, changed, or without an embedding by this model
    changed: dict[str, Signature] = field(default_factory=dict)  # what was known of the stale ones that were known
    gone: dict[str, Signature] = field(default_factory=dict)  # known, but no longer there
    kept: dict[Path, list[str]] = field(default_factory=dict)  # missing from these folders, which are now empty
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name
    known: int = 0  # files that were known at or below the paths
    up_to_date: bytes | None = None  # the hash of the files (listing.py) of a whole root that needs nothing

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole root."""
        return "" in self.paths

    def keep(self) -> None:
        """Take what is missing from folders that are now empty off `gone` and put it on `kept`.

        The folder of an unmounted drive is empty too. If a scan of one folder found nothing at all, that folder counts
        as empty.
        """
        for folder, paths in self._empty_folders().items():
            self._keep(folder, paths)

    def keep_if_nearly_all_are_gone(self) -> None:
        """Keep the pictures of a root of which hardly anything is left: a bare mount point may hold a file or two."""
        most = max(MANY_PICTURES, NEARLY_ALL * self.known)
        if self.is_whole and len(self.gone) >= most and len(missing := self._missing()) >= most:
            self._keep(self.root.path, missing)

    def perhaps_moved(self) -> set[str]:
        """Return the paths that are gone, or kept though their folder may just have been cleared within its root."""
        cleared = (paths for folder, paths in self.kept.items() if folder != self.root.path)
        return {*self.gone, *(path for paths in cleared for path in paths)}

    def have_moved(self, moved: Set[str]) -> None:
        """Take the paths that turned up elsewhere off `gone` and `kept`."""
        self.gone = {path: file for path, file in self.gone.items() if path not in moved}
        left = {folder: [path for path in paths if path not in moved] for folder, paths in self.kept.items()}
        self.kept = {folder: paths for folder, paths in left.items() if paths}

    def _keep(self, folder: Path, paths: list[str]) -> None:
        """Take paths off `gone` and put them on `kept`."""
        self.kept[folder] = paths
        for path in paths:
            del self.gone[path]

    def _missing(self) -> list[str]:
        """Return what is gone and not just left out by a pattern."""
        return [path for path in self.gone if not os.path.lexists(self.root.path / path)]

    def _empty_folders(self) -> dict[Path, list[str]]:
        """Return the folders that are now empty with the paths that are missing from them."""
        missing = self._missing()
        if not missing:
            return {}
        if not self.found and not self.away and len(self.paths) == 1 and os.path.isdir(self.root.path / self.paths[0]):
            return {self.root.path / self.paths[0]: missing}
        by_folder: dict[Path, list[str]] = {}
        for path in missing:
            by_folder.setdefault(nearest_folder(self.root.path, path), []).append(path)
        return {folder: paths for folder, paths in by_folder.items() if not holds_something(folder)}


def make_plan(
    store: Store,
    root: Root,
    paths: Sequence[str],
    model: StoredModel | None,
    again: bool,
    report: Callable[[Problem], None],
    stopping: Callable[[], bool],
) -> Plan | None:
    """Scan paths in a root and compare them with the library: about one stat for each file; None if told to stop.

    With `again` all files are stale, also those that are known to be bad. What the scan reports is stored, too.
    """
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    with _without_garbage_collection():
        listing = list_files(root, paths, note, stopping)
        if listing is None:
            return None
        plan = Plan(root, paths, listing.files, links=listing.links, away=len(listing.away), unread=len(listing.unread))
        plan.passed_over = listing.passed_over
        digest = listing.digest() if plan.is_whole and plan.found and not listing.unread else None
        is_same = bool(digest) and digest == up_to_date(store, root) and all_embedded(store, model)
        if is_same and not again and not may_be_read_now(store, root):
            plan.known = plan.found
            plan.failed = count_failures(store, root)
        else:
            _compare(plan, store, listing, model, again, stopping)
        if not plan.stale and not plan.gone and plan.failed == count_failures(store, root):
            plan.up_to_date = digest
        _store_problems(store, plan, problems, listing)
        return plan


def _store_problems(store: Store, plan: Plan, problems: Sequence[Problem], listing: Listing) -> None:
    """Store what the scan left out, several reasons for a path as one, and forget what is no problem any more."""
    reasons: dict[str, str] = {}
    for problem in problems:
        path = inside(str(problem.path), str(plan.root.path))
        if path is not None and problem.reason not in reasons.get(path, ""):
            reasons[path] = f"{reasons[path]}; {problem.reason}" if path in reasons else problem.reason
    stale = {file.path for file in plan.stale}

    def is_settled(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if name == IGNORE_FILE:  # those above what is scanned are read, too
            return any(_is_in(folder, below) or _is_in(below, folder) for below in plan.paths)
        is_in_view = any(_is_in(path, below) for below in plan.paths) and not _is_hidden(path, plan, listing)
        return is_in_view and path not in stale

    remember_problems(store, plan.root, reasons, is_settled)


def _compare(
    plan: Plan, store: Store, listing: Listing, model: StoredModel | None, again: bool, stopping: Callable[[], bool]
) -> None:
    """Fill in what is stale, bad and gone, and forget the failures of files that are gone."""
    known = known_files(store, plan.root, plan.paths)
    failures = failed_signatures(store, plan.root)
    plan.known = len(known)
    incomplete = _incomplete(store, plan, known, model, again)
    known -= incomplete
    before: dict[str, Signature] = {**failures}
    plan.stale, bad = _stale_and_bad(listing, known, failures, again)
    before |= {file[0]: file for file in known}
    as_before = set() if again else _taken_over(plan, store, before, stopping)
    plan.failed = len(bad) + len(as_before - {file[0] for file in known})
    missing = {file[0]: file for file in known | incomplete if file[0] not in bad | as_before}
    plan.changed = {file.path: missing.pop(file.path) for file in plan.stale if file.path in missing}
    plan.gone = {path: file for path, file in missing.items() if not _is_hidden(path, plan, listing)}
    unmet = [path for path in failures if any(_is_in(path, below) for below in plan.paths)]
    drop_gone_failures(store, plan.root, [path for path in unmet if not _is_hidden(path, plan, listing)])


def _taken_over(plan: Plan, store: Store, before: dict[str, Signature], stopping: Callable[[], bool]) -> set[str]:
    """Take off `stale` the files of which only the ctime differs and that need not be read; return their paths."""
    if not (retouched := retouched_among(plan.stale, before)):
        return set()
    paths = take_over(store, plan.root, retouched, before, plan.known, stopping)
    plan.stale = [file for file in plan.stale if file.path not in paths]
    return paths


def _incomplete(
    store: Store, plan: Plan, known: set[Signature], model: StoredModel | None, again: bool
) -> set[Signature]:
    """Return the known files that must be encoded though they have not changed."""
    if again:
        return set(known)
    paths = incomplete_files(store, plan.root, model, plan.paths)
    return {file for file in known if file[0] in paths} if paths else set()


def _stale_and_bad(
    listing: Listing, known: set[Signature], failures: dict[str, FoundFile], again: bool
) -> tuple[list[FoundFile], set[str]]:
    """Return the files to encode, and the paths of those that are as they were when they failed.

    What was found is taken off `known` and `failures`.
    """
    stale: list[FoundFile] = []
    bad: set[str] = set()
    for files in listing.pictures:
        if known.issuperset(files):
            known.difference_update(files)
            continue
        for file in map(storable, files):
            if file in known:
                known.remove(file)
            elif failures.pop(file.path, None) == file and not again:
                bad.add(file.path)
            else:
                stale.append(file)
    return stale, bad


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Build a large dict without Python looking for cycles in it again and again, which takes a tenth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _is_hidden(path: str, plan: Plan, listing: Listing) -> bool:
    """Return whether a scan could not see a path, so that it may not be gone."""
    if path in listing.away or any(_is_in(path, folder) for folder in listing.unread):
        return True
    return any(is_out_of_view(path, below, plan.root.rules) for below in plan.paths if _is_in(path, below))


def _is_in(path: str, folder: str) -> bool:
    """Return whether a path is a folder or below it, both relative to the root."""
    return not folder or path == folder or path.startswith(folder + "/")
