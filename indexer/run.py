"""One indexing run: scan the roots, forget what is gone, encode what is new or changed, store batch by batch.

Pictures are only read. Whenever a run ends early, by Ctrl-C, an error or a crash, the committed batches stay
and the next run goes on from there.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.encoder import Encoder
from indexer.errors import FolderError
from indexer.listener import Listener
from indexer.paths import absolute, inside
from indexer.pictures import count_without_embedding, forget, known_images, store_batch
from indexer.pipeline import encoded_batches
from indexer.plan import Plan
from indexer.roots import claim_root, mark_indexed, remove_root, roots
from indexer.scan import FoundFile, Problem, SkippedLink, Unread, scan
from indexer.store import Store, StoredModel


@dataclass(slots=True)
class Summary:
    """What a run did."""

    found: int = 0  # picture files in the folders
    encoded: int = 0
    unchanged: int = 0
    forgotten: int = 0  # gone from the disk, or no longer readable
    problems: int = 0  # files and links left out, each reported
    links: int = 0  # symbolic links not followed
    kept: list[Path] = field(default_factory=list)  # folders that have become empty, whose pictures are kept
    without_pictures: list[Path] = field(default_factory=list)  # folders in which nothing was found, ever
    missing: list[Path] = field(default_factory=list)  # folders that were named but can't be indexed
    stopped: bool = False  # told to stop before all was done
    unswitched: int = 0  # pictures out of reach of a re-index, for which the old model goes on answering
    seconds: float = 0.0
    encoding_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Pictures encoded per second, without the scan and the loading of the model."""
        return self.encoded / self.encoding_seconds if self.encoding_seconds > 0 else 0.0


def index(
    store: Store,
    folders: Sequence[Path],
    load: Callable[[], Encoder],
    listener: Listener,
    *,
    batch_size: int | None = None,
    reindex: bool = False,
    prune: bool = False,
) -> Summary:
    """Bring the library up to date with the folders, and return what was done.

    Without folders, all roots are gone over. `load` is called only if a picture must be encoded. `reindex` encodes
    every picture of every root with the loaded model, which becomes the library's model when all are done. A folder
    that has become empty keeps its pictures (its drive may not be mounted) unless `prune` is set, which also removes
    a missing root that is named.

    Raises FolderError if none of the folders exists, EncoderFailed if the model fails.
    """
    return _Run(store, load, listener, batch_size, prune).over(folders, reindex)


class _Run:
    """The state of one run."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Encoder],
        listener: Listener,
        batch_size: int | None,
        prune: bool,
    ) -> None:
        self.store = store
        self.load = load
        self.listener = listener
        self.batch_size = batch_size
        self.prune = prune
        self.summary = Summary()
        self.left = 0  # files still to be encoded

    def over(self, folders: Sequence[Path], reindex: bool) -> Summary:
        """Do the whole run."""
        started = time.monotonic()
        sound = self._sound_folders(folders, reindex)
        active = self.store.active_model()
        encoder, target = self._loaded() if reindex else (None, active)
        plans = [plan for folder in sound if (plan := self._plan(folder, target)) is not None]
        again = reindex and target == active
        work = [(plan, plan.files if again else plan.stale()) for plan in plans]
        self.left = sum(len(files) for _, files in work)
        self.summary.unchanged = self.summary.found - self.left
        if self.left and not self._told_to_stop():
            if encoder is None or target is None:
                encoder, target = self._loaded()
            self._encode_all(work, encoder, target)
        if not self.summary.stopped:
            for plan in plans:
                if not plan.below:
                    mark_indexed(self.store, plan.root)
            if reindex and target is not None and target != active:
                self._switch(target)
        self.summary.seconds = time.monotonic() - started
        return self.summary

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
        return encoder, self.store.remember_model(encoder)

    def _plan(self, folder: Path, model: StoredModel | None) -> Plan | None:
        """Scan a folder, compare it with what the library knows, forget what is gone; None if told to stop."""
        if self._told_to_stop():
            return None
        root, below = claim_root(self.store, folder)
        files: list[FoundFile] = []
        unread: list[str] = []
        for entry in scan(root.path, below, self._report):
            if self._told_to_stop():
                return None
            match entry:
                case FoundFile():
                    files.append(entry)
                case Unread(path):
                    unread.append(path)
                case SkippedLink():
                    self.summary.links += 1
        self.summary.found += len(files)
        plan = Plan(root, below, files, known_images(self.store, root, below, model))
        self._forget_gone(plan, unread, folder)
        return plan

    def _forget_gone(self, plan: Plan, unread: Sequence[str], folder: Path) -> None:
        """Forget the pictures that are gone; unless `prune` is set, not those of a folder that is now empty."""
        if not plan.known and not plan.files and not unread:
            self.summary.without_pictures.append(folder)
        gone = plan.gone(unread)
        if not self.prune:
            for place, paths in plan.empty_folders(gone).items():
                self.summary.kept.append(place)
                for path in paths:
                    del gone[path]
        forget(self.store, list(gone.values()))
        self.summary.forgotten += len(gone)

    def _encode_all(self, work: Sequence[tuple[Plan, list[FoundFile]]], encoder: Encoder, model: StoredModel) -> None:
        """Encode and store the files of all roots, batch by batch, until done or told to stop."""
        self.listener.encoding(self.left)
        started = time.monotonic()
        for plan, files in work:
            self._encode_root(plan, files, encoder, model)
            self.summary.encoding_seconds = time.monotonic() - started
            if self.summary.stopped:
                return

    def _encode_root(self, plan: Plan, files: list[FoundFile], encoder: Encoder, model: StoredModel) -> None:
        """Encode and store the files of one root; forget known pictures whose files have become bad."""
        lost: list[int] = []

        def unreadable(problem: Problem) -> None:
            self._report(problem)
            self._advance(1)
            image = plan.known.get(inside(str(problem.path), str(plan.root.path)) or "")
            if image is not None and problem.lasting:
                lost.append(image.id)

        wanted = itertools.takewhile(lambda _: not self.listener.stopping(), files)
        size = self.batch_size or encoder.batch_size
        for batch in encoded_batches(plan.root.path, wanted, encoder, size, unreadable):
            store_batch(self.store, plan.root, model, batch)
            self.summary.encoded += len(batch)
            self._advance(len(batch))
            if self.left and self._told_to_stop():
                break
        if self.left:
            self._told_to_stop()
        forget(self.store, lost)
        self.summary.forgotten += len(lost)

    def _advance(self, done: int) -> None:
        self.left -= done
        self.listener.progress(done)

    def _switch(self, target: StoredModel) -> None:
        """Let the new model answer, if it has seen every picture."""
        self.summary.unswitched = count_without_embedding(self.store, target)
        if not self.summary.unswitched:
            self.store.switch_to(target)
