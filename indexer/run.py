"""One indexing run: scan the roots, forget what is gone, encode what is new or changed, store batch by batch.

Pictures are only read. Whenever a run ends early, by Ctrl-C, an error or a crash, the committed batches stay
and the next run goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from indexer.encoder import Encoder
from indexer.errors import FolderError
from indexer.paths import inside
from indexer.pictures import (
    KnownImage,
    Root,
    claim_root,
    count_without_embedding,
    forget,
    known_images,
    mark_indexed,
    roots,
    store_batch,
)
from indexer.pipeline import encoded_batches
from indexer.scan import FoundFile, Problem, SkippedLink, UnreadFolder, scan
from indexer.store import Store, StoredModel


class Listener(Protocol):
    """What a run tells while it goes on; the command line draws its progress bar from it."""

    def problem(self, problem: Problem) -> None:
        """Something was left out."""

    def loading(self) -> None:
        """There is work, so the model is being loaded."""

    def encoding(self, total: int) -> None:
        """Encoding starts; `total` pictures are new or changed."""

    def progress(self, done: int) -> None:
        """`done` more of them are stored or have failed."""

    def stopping(self) -> bool:
        """Return whether to stop after this batch."""


class SilentListener:
    """Says nothing; what was left out is counted in the summary."""

    def problem(self, problem: Problem) -> None:
        """Ignore it."""

    def loading(self) -> None:
        """Ignore it."""

    def encoding(self, total: int) -> None:
        """Ignore it."""

    def progress(self, done: int) -> None:
        """Ignore it."""

    def stopping(self) -> bool:
        """Never stop early."""
        return False


@dataclass(slots=True)
class Summary:
    """What a run did."""

    found: int = 0  # picture files in the folders
    encoded: int = 0
    unchanged: int = 0
    forgotten: int = 0  # gone from the disk, or no longer readable
    problems: int = 0  # files and links left out, each reported
    links: int = 0  # symbolic links not followed
    kept: list[Path] = field(default_factory=list)  # empty roots, whose pictures are kept
    without_pictures: list[Path] = field(default_factory=list)  # folders in which nothing was found, ever
    stopped: bool = False  # told to stop before all was done
    unswitched: int = 0  # pictures out of reach of a re-index, for which the old model goes on answering
    seconds: float = 0.0
    encoding_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Pictures encoded per second, without the scan and the loading of the model."""
        return self.encoded / self.encoding_seconds if self.encoding_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done for one root or a folder in it."""

    root: Root
    below: str
    files: list[FoundFile]
    known: dict[str, KnownImage]

    def stale(self) -> list[FoundFile]:
        """Return the files that are new, have changed, or have no embedding by this model."""
        return [file for file in self.files if self._is_stale(file)]

    def _is_stale(self, file: FoundFile) -> bool:
        image = self.known.get(file.path)
        return image is None or not image.embedded or (image.size, image.mtime_ns) != (file.size, file.mtime_ns)


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

    `load` is called only if a picture must be encoded. `reindex` encodes every picture of every root with the
    loaded model, which becomes the library's model when all are done. A root that has become empty keeps its
    pictures (its drive may not be mounted) unless `prune` is set.

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

    def over(self, folders: Sequence[Path], reindex: bool) -> Summary:
        """Do the whole run."""
        started = time.monotonic()
        sound = self._sound_folders([*folders, *(root.path for root in roots(self.store) if reindex)])
        active = self.store.active_model()
        encoder, target = self._loaded() if reindex else (None, active)
        plans = [self._plan(folder, target) for folder in sound]
        again = reindex and target == active
        work = [(plan, plan.files if again else plan.stale()) for plan in plans]
        total = sum(len(files) for _, files in work)
        self.summary.unchanged = self.summary.found - total
        if total:
            if encoder is None:
                encoder, target = self._loaded()
            self._encode_all(work, encoder, self.store.remember_model(encoder))
        if not self.summary.stopped:
            for plan in plans:
                mark_indexed(self.store, plan.root)
            if reindex and target is not None and target != active:
                self._switch(target)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _report(self, problem: Problem) -> None:
        self.summary.problems += 1
        self.listener.problem(problem)

    def _sound_folders(self, folders: Sequence[Path]) -> list[Path]:
        """Return the folders that exist, resolved, without those inside another; report the rest."""
        sound: set[Path] = set()
        for folder in dict.fromkeys(folders):
            resolved = folder.expanduser().resolve()
            if resolved.is_dir():
                sound.add(resolved)
            else:
                self._report(Problem(folder, "is a file; name its folder" if resolved.exists() else "no such folder"))
        if not sound:
            raise FolderError("Nothing was indexed: name a folder that exists, and check that its drive is mounted.")
        return sorted(one for one in sound if not any(parent in sound for parent in one.parents))

    def _loaded(self) -> tuple[Encoder, StoredModel]:
        """Load the model and return it with its row in the library."""
        self.listener.loading()
        encoder = self.load()
        return encoder, self.store.remember_model(encoder)

    def _plan(self, folder: Path, model: StoredModel | None) -> _Plan:
        """Scan a folder, compare it with what the library knows of it, and forget what is gone."""
        root, below = claim_root(self.store, folder)
        files: list[FoundFile] = []
        unread: list[str] = []
        for entry in scan(root.path, below, self._report):
            match entry:
                case FoundFile():
                    files.append(entry)
                case UnreadFolder(path):
                    unread.append(path)
                case SkippedLink():
                    self.summary.links += 1
        self.summary.found += len(files)
        plan = _Plan(root, below, files, known_images(self.store, root, below, model))
        self._forget_gone(plan, unread, folder)
        return plan

    def _forget_gone(self, plan: _Plan, unread: Sequence[str], folder: Path) -> None:
        """Forget the pictures that are no longer there; not those below a folder that could not be read."""
        present = {file.path for file in plan.files}
        gone = [
            image.id
            for path, image in plan.known.items()
            if path not in present and not any(not part or path.startswith(part + "/") for part in unread)
        ]
        if not plan.files and not unread:
            if gone and not self.prune:
                self.summary.kept.append(folder)
                return
            self.summary.without_pictures.append(folder)
        forget(self.store, gone)
        self.summary.forgotten += len(gone)

    def _encode_all(self, work: Sequence[tuple[_Plan, list[FoundFile]]], encoder: Encoder, model: StoredModel) -> None:
        """Encode and store the files of all roots, batch by batch, until done or told to stop."""
        self.listener.encoding(sum(len(files) for _, files in work))
        started = time.monotonic()
        for plan, files in work:
            self._encode_root(plan, files, encoder, model)
            self.summary.encoding_seconds = time.monotonic() - started
            if self.summary.stopped:
                return

    def _encode_root(self, plan: _Plan, files: list[FoundFile], encoder: Encoder, model: StoredModel) -> None:
        """Encode and store the files of one root; forget known pictures that can't be read any more."""
        lost: list[int] = []

        def unreadable(problem: Problem) -> None:
            self._report(problem)
            self.listener.progress(1)
            image = plan.known.get(inside(str(problem.path), str(plan.root.path)) or "")
            if image is not None:
                lost.append(image.id)

        size = self.batch_size or encoder.batch_size
        for batch in encoded_batches(plan.root.path, files, encoder, size, unreadable):
            store_batch(self.store, plan.root, model, batch)
            self.summary.encoded += len(batch)
            self.listener.progress(len(batch))
            if self.listener.stopping():
                self.summary.stopped = True
                break
        forget(self.store, lost)
        self.summary.forgotten += len(lost)

    def _switch(self, target: StoredModel) -> None:
        """Let the new model answer, if it has seen every picture."""
        self.summary.unswitched = count_without_embedding(self.store, target)
        if not self.summary.unswitched:
            self.store.switch_to(target)
