"""What one root needs: its scan compared with what the library knows, and which pictures are surely gone."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from indexer.files.found import FoundFile, Problem, Signature, storable
from indexer.files.ignore import is_out_of_view
from indexer.files.mounts import holds_something, nearest_folder
from indexer.indexing.listing import Listing, list_places, up_to_date
from indexer.store.embeddings import all_embedded
from indexer.store.failures import count_failures, drop_gone_failures, failed_signatures
from indexer.store.models import StoredModel
from indexer.store.pictures import incomplete_files, known_files
from indexer.store.roots import Root
from indexer.store.store import Store

MANY, NEARLY_ALL = 10, 0.9  # pictures, and the part of a root: more than are believed to be deleted at once


@dataclass(slots=True)
class Plan:
    """What is to be done for one root, or for places in it."""

    root: Root
    places: Sequence[str]  # relative to the root; ("",) is all of it
    found: int = 0  # picture files
    failed: int = 0  # of them, those known to be bad and not changed since
    links: int = 0  # symbolic links not followed
    unread: int = 0  # folders and files that could not be looked at
    stale: list[FoundFile] = field(default_factory=list)  # new, changed, or without an embedding by this model
    changed: dict[str, Signature] = field(default_factory=dict)  # what was known of those of them that were known
    gone: dict[str, Signature] = field(default_factory=dict)  # known, but not there any more
    kept: dict[Path, list[str]] = field(default_factory=dict)  # missing from these folders, which are now empty
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name
    known: int = 0  # files that were known in these places
    up_to_date: bytes | None = None  # the hash of the files (listing.py) of a whole root that needs nothing

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole root."""
        return "" in self.places

    def keep(self) -> None:
        """Take what is missing from folders that are now empty off `gone` and put it on `kept`.

        The folder of an unmounted drive is empty too. If the scan found nothing at all, the folder is the one that
        it was about.
        """
        for place, paths in self._empty_folders().items():
            self._keep(place, paths)

    def keep_if_nearly_all_are_gone(self) -> None:
        """Keep what is known of a root of which hardly anything is left: a bare mount point may hold a file or two."""
        enough = max(MANY, NEARLY_ALL * self.known)
        if self.is_whole and len(self.gone) >= enough and len(missing := self._missing()) >= enough:
            self._keep(self.root.path, missing)

    def perhaps_moved(self) -> set[str]:
        """Return the paths that are gone, or kept though their folder may just have been cleared within its root."""
        cleared = (paths for place, paths in self.kept.items() if place != self.root.path)
        return {*self.gone, *(path for paths in cleared for path in paths)}

    def have_moved(self, moved: Set[str]) -> None:
        """Take the paths that turned up elsewhere off `gone` and `kept`."""
        self.gone = {path: file for path, file in self.gone.items() if path not in moved}
        left = {place: [path for path in paths if path not in moved] for place, paths in self.kept.items()}
        self.kept = {place: paths for place, paths in left.items() if paths}

    def _keep(self, place: Path, paths: list[str]) -> None:
        """Take paths off `gone` and put them on `kept`."""
        self.kept[place] = paths
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
        if not self.found and len(self.places) == 1 and os.path.isdir(self.root.path / self.places[0]):
            return {self.root.path / self.places[0]: missing}
        by_place: dict[Path, list[str]] = {}
        for path in missing:
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
        listing = list_places(root, places, report, stopping)
        if listing is None:
            return None
        plan = Plan(root, places, listing.files, links=listing.links, unread=len(listing.unread))
        plan.passed_over = listing.passed_over
        digest = listing.digest() if plan.is_whole and plan.found and not listing.unread else None
        if digest and digest == up_to_date(store, root) and not again and all_embedded(store, model):
            plan.known = plan.found
            plan.failed = count_failures(store, root)
        else:
            _compare(plan, store, listing, model, again)
        if not plan.stale and not plan.gone and plan.failed == count_failures(store, root):
            plan.up_to_date = digest
        return plan


def _compare(plan: Plan, store: Store, listing: Listing, model: StoredModel | None, again: bool) -> None:
    """Fill in what is stale, bad and gone."""
    root, places = plan.root, plan.places
    known = known_files(store, root, places)
    plan.known = len(known)
    unfinished = {file[0] for file in known} if again else incomplete_files(store, root, model, places)
    incomplete = {file for file in known if file[0] in unfinished} if unfinished else set()
    known -= incomplete
    failed = failed_signatures(store, root)
    bad: set[str] = set()  # as they were when they failed
    for files in listing.pictures:
        if known.issuperset(files):
            known.difference_update(files)
            continue
        for file in map(storable, files):
            if file in known:
                known.remove(file)
            elif failed.pop(file.path, None) == file[1:] and not again:
                bad.add(file.path)
            else:
                plan.stale.append(file)
    plan.failed = len(bad)
    missing = {file[0]: file for file in known | incomplete if file[0] not in bad}
    plan.changed = {file.path: missing.pop(file.path) for file in plan.stale if file.path in missing}
    plan.gone = {path: file for path, file in missing.items() if not _is_hidden(path, plan, listing.unread)}
    unmet = [path for path in failed if any(_is_in(path, place) for place in places)]
    drop_gone_failures(store, root, [path for path in unmet if not _is_hidden(path, plan, listing.unread)])


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


def _is_hidden(path: str, plan: Plan, unread: Sequence[str]) -> bool:
    """Return whether a scan could not see a path, so that it is not known to be gone."""
    if any(_is_in(path, part) for part in unread):
        return True
    return any(is_out_of_view(path, place, plan.root.rules) for place in plan.places if _is_in(path, place))


def _is_in(path: str, place: str) -> bool:
    """Return whether a path is a place or below it, both relative to the root."""
    return not place or path == place or path.startswith(place + "/")
