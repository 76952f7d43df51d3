"""One indexing run: scan the roots, settle what is known by content, forget what is gone, encode what is new.

Pictures are only read. Whenever a run ends early, by Ctrl-C, an error or a crash, the committed batches stay
and the next run goes on from there. One run at a time holds the library's lock; queries need none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engine.job import Job
from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from indexer.files.ignore import ScanRules
from indexer.indexing.known_content import settle
from indexer.indexing.listener import Listener
from indexer.indexing.plan import Plan, make_plan
from indexer.indexing.summary import Summary
from indexer.paths import absolute, inside, readable
from indexer.store.embeddings import count_without_embedding
from indexer.store.lock import only_writer
from indexer.store.models import StoredModel, active_model, remember_model, switch_to
from indexer.store.pictures import forget_files
from indexer.store.roots import Root, claim_root, mark_indexed, remove_root, roots, set_rules
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder


def index(
    store: Store,
    folders: Sequence[Path],
    load: Callable[[], Encoder],
    listener: Listener,
    *,
    batch_size: int | None = None,
    reindex: bool = False,
    prune: bool = False,
    rules: Callable[[ScanRules], ScanRules] | None = None,
    workers: int | None = None,
) -> Summary:
    """Bring the library up to date with the folders, and return what was done.

    Without folders, all roots are gone over. `load` is called only if a picture must be encoded. `reindex` encodes
    every picture of every root with the loaded model, which becomes the library's model when all are done. A folder
    that has become empty, and a root of which hardly anything is left, keep their pictures (a drive may not be mounted)
    unless `prune` is set, which also removes a missing root that is named. `rules` changes what the named roots leave
    out. `workers` is the number of decoding processes: by default one for each core, 0 decodes in this process.

    Raises FolderError if none of the folders exists, LibraryBusy if another process indexes this library,
    EncoderFailed if the model fails.
    """
    with only_writer(store):
        return _Run(store, load, listener, batch_size, prune, workers).over(folders, reindex, rules)


def index_paths(
    store: Store, paths: Sequence[Path], load: Callable[[], Encoder], listener: Listener, *, workers: int | None = None
) -> Summary:
    """Bring the library up to date with some absolute paths in its roots, files or folders, there or gone.

    Paths outside all roots are ignored. Raises as `index` does.
    """
    with only_writer(store):
        return _Run(store, load, listener, None, False, workers).over_paths(paths)


class _Run:
    """The state of one run."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Encoder],
        listener: Listener,
        batch_size: int | None,
        prune: bool,
        workers: int | None,
    ) -> None:
        self.store = store
        self.load = load
        self.listener = listener
        self.batch_size = batch_size
        self.prune = prune
        self.workers = workers
        self.summary = Summary()

    def over(self, folders: Sequence[Path], reindex: bool, rules: Callable[[ScanRules], ScanRules] | None) -> Summary:
        """Do a run over folders."""
        started = time.monotonic()
        sound = self._sound_folders(folders, reindex)
        active = active_model(self.store)
        encoder, target = self._loaded() if reindex else (None, active)
        again = reindex and target == active
        plans = [plan for folder in sound if (plan := self._plan_of_folder(folder, target, again, rules))]
        self._work(plans, encoder, target, again)
        if not self.summary.stopped and reindex and target is not None and target != active:
            self._switch(target)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def over_paths(self, paths: Sequence[Path]) -> Summary:
        """Do a run over what has changed, as a watcher sees it."""
        started = time.monotonic()
        active = active_model(self.store)
        plans = []
        for root in roots(self.store):
            places = sorted({below for path in paths if (below := inside(str(path), str(root.path))) is not None})
            if places and (plan := self._plan(root, places, active)):
                plans.append(plan)
        self._work(plans, None, active)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _work(
        self, plans: Sequence[Plan], encoder: Encoder | None, model: StoredModel | None, again: bool = False
    ) -> None:
        """Settle, forget and encode what the plans say; `again` encodes also what is known."""
        if self._told_to_stop():
            return
        if not self.prune:
            for plan in plans:
                plan.keep()
        settled = settle(self.store, plans, model, self._told_to_stop, again)
        if self._told_to_stop():
            return
        if not self.prune:
            for plan in plans:
                plan.keep_if_nearly_all_are_gone()
        self.summary.kept += [place for plan in plans for place in plan.kept]
        for plan in plans:
            forget_files(self.store, plan.root, plan.gone)
            self.summary.forgotten += len(plan.gone)
        left = sum(len(plan.stale) for plan in plans)
        self.summary.moved, self.summary.copied = settled.moved, settled.copied
        self.summary.unchanged = (
            self.summary.found - self.summary.failed_before - left - settled.moved_and_done - settled.copied
        )
        if left:
            if encoder is None or model is None:
                encoder, model = self._loaded()
            self._encode_all(plans, encoder, model, again)
        if not self._told_to_stop():
            for plan in plans:
                if plan.is_whole:
                    mark_indexed(self.store, plan.root, plan.up_to_date)

    def _report(self, problem: Problem) -> None:
        self.summary.problems += 1
        self.listener.problem(problem)

    def _told_to_stop(self) -> bool:
        """Return whether the listener wants to stop, and note it."""
        self.summary.stopped = self.summary.stopped or self.listener.stopping()
        return self.summary.stopped

    def _sound_folders(self, folders: Sequence[Path], reindex: bool) -> list[Path]:
        """Return the folders that exist, absolute, without those inside another; report the rest.

        Without folders, and for a re-index, all roots are taken. With `prune` a root that is named but missing is
        removed; one that is not named may be on a drive that is not mounted.
        """
        known = [root.path for root in roots(self.store)]
        sound: set[Path] = set()
        removed = False
        for folder in dict.fromkeys([*folders, *(known if reindex or not folders else [])]):
            typed = Path(os.path.abspath(folder))
            place = typed if typed in known else absolute(folder)  # a root keeps its name, even as a link
            if os.path.isdir(place):
                sound.add(place)
            elif self.prune and folder in folders and (pictures := remove_root(self.store, place)) is not None:
                self.summary.forgotten += pictures
                removed = True
            else:
                reason = "is a file; name its folder" if os.path.exists(place) else "no such folder"
                self._report(Problem(folder, reason))
                if folder in folders:
                    self.summary.missing.append(folder)
        if not sound and not removed:
            raise FolderError("Nothing was indexed: name a folder that exists, and check that its drive is mounted.")
        return sorted(one for one in sound if not any(parent in sound for parent in one.parents))

    def _loaded(self) -> tuple[Encoder, StoredModel]:
        """Load the model and return it with its row in the library."""
        self.listener.loading()
        encoder = self.load()
        return encoder, remember_model(self.store, encoder)

    def _plan_of_folder(
        self, folder: Path, model: StoredModel | None, again: bool, rules: Callable[[ScanRules], ScanRules] | None
    ) -> Plan | None:
        """Return what a folder needs, after its root was told its new rules; None if told to stop."""
        if self._told_to_stop():
            return None
        root, below = claim_root(self.store, folder)
        if rules is not None:
            if below:
                raise InvalidRequest(
                    f"What is left out is set for a whole root; name it: clipsearch index {readable(root.path)}"
                )
            root = set_rules(self.store, root, rules(root.rules))
        plan = self._plan(root, [below], model, again)
        if plan is not None and not plan.found and not plan.known:
            self.summary.without_pictures.append(folder)
        return plan

    def _plan(self, root: Root, places: Sequence[str], model: StoredModel | None, again: bool = False) -> Plan | None:
        """Scan places of a root and count what was found; None if told to stop."""
        plan = make_plan(self.store, root, places, model, again, self._report, self._told_to_stop)
        if plan is not None:
            self.summary.found += plan.found
            self.summary.failed_before += plan.failed
            self.summary.links += plan.links
            self.summary.unread += plan.unread
            for extra, files in plan.passed_over.items():
                self.summary.passed_over[extra] = self.summary.passed_over.get(extra, 0) + files
        return plan

    def _encode_all(self, plans: Sequence[Plan], encoder: Encoder, model: StoredModel, again: bool) -> None:
        """Encode and store the files of all plans, batch by batch, until done or told to stop."""
        from indexer.indexing.encoding import Encoding  # only now, as most runs have nothing to encode

        jobs = [Job(plan.root, file) for plan in plans for file in plan.stale]
        encoding = Encoding(self.store, encoder, model, self.listener, self.summary)
        encoding.run(jobs, batch_size=self.batch_size, workers=self.workers, again=again)

    def _switch(self, target: StoredModel) -> None:
        """Let the new model answer, if it has seen every picture."""
        self.summary.unswitched = count_without_embedding(self.store, target)
        if not self.summary.unswitched:
            switch_to(self.store, target)
