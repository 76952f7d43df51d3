"""What one root needs: its scan compared with what the library knows, and which pictures are surely gone."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.failures import drop_gone_failures, failed_signatures
from indexer.found import FoundFile, PassedOver, Problem, Signature, SkippedLink, Unchanged, Unread
from indexer.ignore import is_out_of_view
from indexer.pictures import incomplete_files, known_files
from indexer.roots import Root, holds_something, nearest_folder
from indexer.scan import scan
from indexer.store import Store, StoredModel

LOOK_UP = 64  # findings, files or whole folders, after which to look whether to stop


@dataclass(slots=True)
class Plan:
    """What is to be done for one root, or for places in it."""

    root: Root
    places: Sequence[str]  # relative to the root; ("",) is all of it
    found: int = 0  # picture files
    failed: int = 0  # of them, those known to be bad and not changed since
    links: int = 0  # symbolic links not followed
    stale: list[FoundFile] = field(default_factory=list)  # new, changed, or without an embedding by this model
    changed: dict[str, Signature] = field(default_factory=dict)  # what was known of those of them that were known
    gone: dict[str, Signature] = field(default_factory=dict)  # known, but not there any more
    kept: dict[Path, list[str]] = field(default_factory=dict)  # missing from these folders, which are now empty
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name
    was_known: bool = False  # something was known of these places

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole root."""
        return "" in self.places

    def keep(self) -> None:
        """Take what is missing from folders that are now empty off `gone` and put it on `kept`.

        The folder of an unmounted drive is empty too. If the scan found nothing at all, the folder is the one that
        it was about.
        """
        self.kept = self._empty_folders()
        for paths in self.kept.values():
            for path in paths:
                del self.gone[path]

    def perhaps_moved(self) -> set[str]:
        """Return the paths that are gone, or kept though their folder may just have been cleared within its root."""
        cleared = (paths for place, paths in self.kept.items() if place != self.root.path)
        return {*self.gone, *(path for paths in cleared for path in paths)}

    def has_moved(self, path: str) -> None:
        """Take a path that turned up elsewhere off `gone` and `kept`."""
        self.gone.pop(path, None)
        left = {place: [one for one in paths if one != path] for place, paths in self.kept.items()}
        self.kept = {place: paths for place, paths in left.items() if paths}

    def _empty_folders(self) -> dict[Path, list[str]]:
        """Return the folders that are now empty with the paths that are gone from them."""
        if not self.gone:
            return {}
        if not self.found and len(self.places) == 1 and os.path.isdir(self.root.path / self.places[0]):
            return {self.root.path / self.places[0]: list(self.gone)}
        by_place: dict[Path, list[str]] = {}
        for path in self.gone:
            by_place.setdefault(nearest_folder(self.root.path, path), []).append(path)
        return {place: paths for place, paths in by_place.items() if not holds_something(place)}


def make_plan(
    store: Store,
    root: Root,
    places: Sequence[str],
    model: StoredModel | None,
    again: bool,
    report: Callable[[Problem], None],
    stopping: Callable[[], bool],
) -> Plan | None:
    """Scan places in a root and compare them with the library: about a stat for each file; None if told to stop.

    With `again` all files are stale, also those that are known to be bad.
    """
    with _without_garbage_collection():
        return _make_plan(Plan(root, places), store, model, again, report, stopping)


def _make_plan(
    plan: Plan,
    store: Store,
    model: StoredModel | None,
    again: bool,
    report: Callable[[Problem], None],
    stopping: Callable[[], bool],
) -> Plan | None:
    """Fill in a plan."""
    root, places = plan.root, plan.places
    known = known_files(store, root, places)
    plan.was_known = bool(known)
    incomplete = {path: known.pop(path) for path in incomplete_files(store, root, model, places) if path in known}
    if again:
        incomplete, known = known | incomplete, {}
    failed = failed_signatures(store, root)
    unread: list[str] = []
    for place in places:
        if place and not os.path.lexists(root.path / place):
            continue  # it is gone, as the watcher may say
        for number, entry in enumerate(scan(root.path, place, report, root.rules, known), 1):
            if isinstance(entry, FoundFile):
                plan.found += 1
                before = known.pop(entry.path, None) or incomplete.pop(entry.path, None)
                bad = failed.pop(entry.path, None)
                _note_stale(plan, entry, before, None if again else bad)
            else:
                _note_other(plan, entry, unread)
            if not number % LOOK_UP and stopping():
                return None
    known |= incomplete
    plan.gone = {path: file for path, file in known.items() if not _is_hidden(path, plan, unread)}
    unmet = [path for path in failed if any(_is_in(path, place) for place in places)]
    drop_gone_failures(store, root, [path for path in unmet if not _is_hidden(path, plan, unread)])
    return plan


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Build a large dict without Python looking again and again for cycles in it, a tenth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _note_stale(plan: Plan, file: FoundFile, before: Signature | None, bad: tuple[int, int] | None) -> None:
    """Put a file on the list, unless it is known to be bad as it is; `bad` is the signature at which it was."""
    if bad == (file.size, file.mtime_ns):
        plan.failed += 1
        return
    plan.stale.append(file)
    if before is not None:
        plan.changed[file.path] = before


def _note_other(plan: Plan, entry: object, unread: list[str]) -> None:
    """Count what is not a picture to read."""
    match entry:
        case Unchanged(files):
            plan.found += files
        case Unread(path):
            unread.append(path)
        case SkippedLink():
            plan.links += 1
        case PassedOver(_, extra):
            plan.passed_over[extra] = plan.passed_over.get(extra, 0) + 1


def _is_hidden(path: str, plan: Plan, unread: Sequence[str]) -> bool:
    """Return whether a scan could not see a path, so that it is not known to be gone."""
    if any(_is_in(path, part) for part in unread):
        return True
    return any(is_out_of_view(path, place, plan.root.rules) for place in plan.places if _is_in(path, place))


def _is_in(path: str, place: str) -> bool:
    """Return whether a path is a place or below it, both relative to the root."""
    return not place or path == place or path.startswith(place + "/")
