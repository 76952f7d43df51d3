"""One indexing run: scan the roots, recognise files by content, forget what is gone, encode what is new.

Pictures are only read. Whenever a run ends early, by Ctrl-C, an error or a crash, the committed batches stay
and the next run goes on from there. One run at a time holds the library's lock; queries need none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engine.job import Job
from indexer.errors import FolderError, InvalidRequest
from indexer.files.found import Problem
from indexer.files.ignore import ScanRules
from indexer.indexing.known_content import Recognised, recognise
from indexer.indexing.listener import Listener
from indexer.indexing.plan import Plan, make_plan
from indexer.indexing.summary import Summary
from indexer.indexing.verifying import drop_damaged
from indexer.paths import inside, outermost
from indexer.root_folders.named_roots import as_indexed, how_to_reach, quoted
from indexer.store.embeddings import count_without_embedding
from indexer.store.failures import remember_problems
from indexer.store.labels import label_sets
from indexer.store.lock import only_writer
from indexer.store.models import StoredModel, active_model, remember_model, switch_to
from indexer.store.pictures import forget_files
from indexer.store.roots import Root, claim_root, mark_indexed, remove_root, root_paths, roots, set_rules
from indexer.store.store import Store
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.room import VARIABLE

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
    thumbnails: bool = False,
) -> Summary:
    """Bring the library up to date with the folders, and return what was done.

    Without folders, all roots are indexed. `load` is called only if a picture must be encoded. `reindex` encodes every
    picture of every root with the loaded model, which becomes the library's model when all are done. A folder that has
    become empty, and a root of which hardly anything is left, keep their pictures (a drive may not be mounted) unless
    `prune` is set, which also removes a missing root that is named. `rules` changes what the named roots leave out.
    `workers` is the number of decoding processes: by default one for each core, 0 decodes in this process. With
    `thumbnails` small pictures are kept of what is encoded, and then of what is known and has none.

    Raises FolderError if none of the folders exists, LibraryBusy if another process indexes this library,
    EncoderFailed if the model fails.
    """
    kept = _wanted_thumbnails() if thumbnails else None
    with only_writer(store):
        return _Run(store, load, listener, workers, batch_size, prune, kept).over(folders, reindex, rules)


def index_paths(
    store: Store, paths: Sequence[Path], load: Callable[[], Encoder], listener: Listener, *, workers: int | None = None
) -> Summary:
    """Bring the library up to date with absolute paths in its roots: files or folders, which may be gone.

    Paths outside all roots are ignored. Raises as `index` does.
    """
    with only_writer(store):
        return _Run(store, load, listener, workers).over_paths(paths)


def _wanted_thumbnails() -> KeptThumbnails:
    """Return where thumbnails are kept; raises InvalidRequest if none are to be."""
    kept = KeptThumbnails.ours()
    if not kept.room:
        raise InvalidRequest(f"{VARIABLE} is 0, so that no thumbnail is kept; set another room, or make none.")
    return kept


@dataclass
class _Run:
    """The state of one run."""

    store: Store
    load: Callable[[], Encoder]
    listener: Listener
    workers: int | None
    batch_size: int | None = None
    prune: bool = False
    thumbnails: KeptThumbnails | None = None
    summary: Summary = field(default_factory=Summary)
    reported: set[Path] = field(default_factory=set)  # what problems were about
    started: float = field(default_factory=time.monotonic)

    def over(self, folders: Sequence[Path], reindex: bool, rules: Callable[[ScanRules], ScanRules] | None) -> Summary:
        """Do a run over folders."""
        existing = self._existing_folders(folders, reindex)
        active = self._verified_model()
        encoder, target = self._loaded() if reindex else (None, active)
        again = reindex and target == active
        plans = [plan for folder in existing if (plan := self._plan_of_folder(folder, target, again, rules))]
        self._carry_out(plans, encoder, target, again)
        self._make_thumbnails(plans)
        if not self.summary.stopped and reindex and target is not None and target != active:
            self._switch(target)
        return self._finished()

    def over_paths(self, paths: Sequence[Path]) -> Summary:
        """Do a run over what has changed, as a watcher sees it."""
        active = self._verified_model()
        plans = []
        for root in roots(self.store):
            relative = {below for path in paths if (below := inside(str(path), str(root.path))) is not None}
            if relative and (plan := self._plan(root, sorted(relative), active)):
                plans.append(plan)
        self._carry_out(plans, None, active)
        return self._finished()

    def _verified_model(self) -> StoredModel | None:
        """Return the model that answers, after dropping damaged embeddings, so that they are made again."""
        active = active_model(self.store)
        if active is not None and drop_damaged(self.store, active):
            return active_model(self.store)
        return active

    def _finished(self) -> Summary:
        if self.summary.encoded:
            self._verified_model()  # now, as numpy is loaded
        self.summary.seconds = time.monotonic() - self.started
        return self.summary

    def _carry_out(
        self, plans: Sequence[Plan], encoder: Encoder | None, model: StoredModel | None, again: bool = False
    ) -> None:
        """Recognise, forget and encode what the plans say; `again` encodes also what is known."""
        if self._told_to_stop():
            return
        if not self.prune:
            for plan in plans:
                plan.keep()
        recognised = recognise(self.store, plans, model, self._told_to_stop, again)
        if self._told_to_stop():
            return
        self._forget(plans)
        self._count(plans, recognised)
        if any(plan.stale for plan in plans):
            if encoder is None or model is None:
                encoder, model = self._loaded()
            self._encode_all(plans, encoder, model, again)
        if not self._told_to_stop():
            for plan in plans:
                if plan.is_whole:
                    mark_indexed(self.store, plan.root, plan.up_to_date)

    def _forget(self, plans: Sequence[Plan]) -> None:
        """Forget what is gone, unless it is so much that a drive may not be mounted."""
        for plan in plans:
            if not self.prune:
                plan.keep_if_nearly_all_are_gone()
            self.summary.kept.extend(plan.kept)
            forget_files(self.store, plan.root, plan.gone)
            self.summary.forgotten += len(plan.gone)
            for path in plan.gone:
                self.summary.take("gone", plan.root.path / path)

    def _count(self, plans: Sequence[Plan], recognised: Recognised) -> None:
        """Count what needs no encoding."""
        stale = sum(len(plan.stale) for plan in plans)
        self.summary.moved, self.summary.copied = recognised.moved, recognised.copied
        folders = {plan.root.id: plan.root.path for plan in plans}
        known = root_paths(self.store) if recognised.origins else {}
        for (root, path), origin in recognised.origins.items():
            self.summary.take("moved", folders[root] / path, known[origin[0]] / origin[1])
        for root, path in recognised.copies:
            self.summary.take("new", folders[root] / path)
        done = recognised.moved_and_done + recognised.copied
        self.summary.unchanged = self.summary.found - self.summary.failed_before - stale - done

    def _report(self, problem: Problem) -> None:
        """Pass a problem on; of several with one file or folder the first is counted, as the store keeps them."""
        self.summary.problems += problem.path not in self.reported
        self.reported.add(Path(problem.path))
        self.listener.problem(problem)

    def _told_to_stop(self) -> bool:
        """Return whether the listener wants to stop, and note it."""
        self.summary.stopped = self.summary.stopped or self.listener.stopping()
        return self.summary.stopped

    def _existing_folders(self, folders: Sequence[Path], reindex: bool) -> list[Path]:
        """Return the folders that exist, absolute, without those inside another; report the rest.

        Without folders, and for a re-index, all roots are taken. With `prune` a root that is named but missing is
        removed; one that is not named may be on a drive that is not mounted.
        """
        known = root_paths(self.store).values()
        existing: set[Path] = set()
        removed = False
        for folder in dict.fromkeys([*folders, *(known if reindex or not folders else [])]):
            path = as_indexed(folder, known)
            if os.path.isdir(path):
                existing.add(path)
            elif self.prune and folder in folders and (pictures := remove_root(self.store, path)) is not None:
                self.summary.forgotten += pictures
                removed = True
            else:
                self._report_missing(folder, path, named=folder in folders)
        if not existing and not removed:
            raise FolderError("Nothing was indexed: name a folder that exists, and check that its drive is mounted.")
        return outermost(existing)

    def _report_missing(self, folder: Path, path: Path, *, named: bool) -> None:
        """Report a folder that is not there: a mistake if it was `named`, else a root to be stored as a failure."""
        reason = "is a file; name its folder" if os.path.exists(path) else "no such folder"
        known = next((root for root in roots(self.store) if root.path == path), None)
        if known is not None and not os.path.exists(path):
            reason = f"{reason}; {how_to_reach(quoted(path))}"
        self._report(Problem(folder, reason))
        if named:
            self.summary.missing.append(folder)
        elif known is not None:
            remember_problems(self.store, known, {"": reason}, lambda _: False)

    def _loaded(self) -> tuple[Encoder, StoredModel]:
        """Load the model and return it with its row in the library."""
        self.listener.loading()
        encoder = self.load()
        return encoder, remember_model(self.store, encoder)

    def _plan_of_folder(
        self, folder: Path, model: StoredModel | None, again: bool, rules: Callable[[ScanRules], ScanRules] | None
    ) -> Plan | None:
        """Return what has to be done for a folder, after giving its root the new rules; None if told to stop."""
        if self._told_to_stop():
            return None
        root, below = claim_root(self.store, folder)
        if rules is not None:
            if below:
                raise InvalidRequest(
                    f"What is left out is set for a whole root; name it: clipsearch index {quoted(root.path)}"
                )
            root = set_rules(self.store, root, rules(root.rules))
        plan = self._plan(root, [below], model, again)
        if plan is not None and not (plan.found or plan.known or plan.away):
            self.summary.without_pictures.append(folder)
        return plan

    def _plan(self, root: Root, paths: Sequence[str], model: StoredModel | None, again: bool = False) -> Plan | None:
        """Scan paths in a root and count what was found; None if told to stop."""
        plan = make_plan(self.store, root, paths, model, again, self._report, self._told_to_stop)
        if plan is not None:
            self.summary.found += plan.found
            self.summary.failed_before += plan.failed
            self.summary.links += plan.links
            self.summary.unread += plan.unread
            self.summary.away += plan.away
            for extra, files in plan.passed_over.items():
                self.summary.passed_over[extra] = self.summary.passed_over.get(extra, 0) + files
        return plan

    def _encode_all(self, plans: Sequence[Plan], encoder: Encoder, model: StoredModel, again: bool) -> None:
        """Encode and store the files of all plans, batch by batch, until done or told to stop."""
        from indexer.indexing.encoding import Encoding  # only now, as most runs have nothing to encode

        jobs = [Job(plan.root, file) for plan in plans for file in plan.stale]
        encoding = Encoding(self.store, encoder, model, self.listener, self.summary)
        changed = {(plan.root.id, path) for plan in plans for path in plan.changed}
        encoding.run(
            jobs,
            changed,
            batch_size=self.batch_size,
            workers=self.workers,
            again=again,
            thumbnails=self.thumbnails,
        )

    def _make_thumbnails(self, plans: Sequence[Plan]) -> None:
        """Make the thumbnails that are still missing, if any are wanted."""
        if self.thumbnails is None or self._told_to_stop():
            return
        from indexer.indexing.missing_thumbnails import make_missing

        make_missing(self.store, plans, self.thumbnails, self.listener, self.summary, self.workers)
        self._told_to_stop()

    def _switch(self, target: StoredModel) -> None:
        """Let the new model answer, if it has encoded every picture."""
        self.summary.unswitched = count_without_embedding(self.store, target)
        if not self.summary.unswitched:
            known = [one for one in label_sets(self.store) if not one.draft]
            self.summary.dropped_sets += [one.name for one in known if not one.corrected]
            self.summary.kept_sets += [one.name for one in known if one.corrected]
            switch_to(self.store, target)
