"""Thumbnails of pictures that the library knows and that have none yet: after a run that was to make them.

The newest pictures come first, and no more than there is room for: others would push out what was just made.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from indexer.engine.job import Decoded, Failed, Job
from indexer.files.formats import VIDEO_FORMATS
from indexer.files.found import FoundFile
from indexer.indexing.listener import Listener
from indexer.indexing.summary import Summary, Thumbnails
from indexer.models.device import cores
from indexer.paths import from_columns
from indexer.store.soundness import READABLE
from indexer.store.store import Store
from indexer.thumbnails.kept import KeptThumbnails, name_of
from indexer.thumbnails.names import SMALL, Thumb
from indexer.thumbnails.shards import KEPT_PART

if TYPE_CHECKING:
    from indexer.indexing.plan import Plan

TYPICAL_BYTES = 16_384  # of a kept thumbnail on the disk
MOST_UNKEPT = 8  # after which the disk is taken to be full, or not to be written


def make_missing(
    store: Store,
    plans: Sequence[Plan],
    kept: KeptThumbnails,
    listener: Listener,
    summary: Summary,
    workers: int | None = None,
) -> None:
    """Make the thumbnails that pictures of these plans lack, as far as there is room, and count in the summary."""
    room = max(0, int(kept.room * KEPT_PART) - kept.taken()) // TYPICAL_BYTES
    jobs, counts = _lacking(store, plans, kept, room)
    if jobs and not summary.unkept:
        summary.unkept += _make(jobs, kept, listener, workers)
        counts.have = _lacking(store, plans, kept, 0)[1].have  # whatever became of the files meanwhile
    summary.thumbnails = counts


def _make(jobs: Sequence[Job], kept: KeptThumbnails, listener: Listener, workers: int | None) -> int:
    """Decode files for their thumbnails alone, until done, told to stop, or the disk is full.

    Returns how many could not be written.
    """
    from indexer.engine.pool import open_pool
    from indexer.models.preprocess import Preprocess

    _announce(listener, len(jobs))
    unkept = 0
    wanted = itertools.takewhile(lambda _: not listener.stopping() and unkept < MOST_UNKEPT, jobs)
    processes = max(1, min(cores(), len(jobs))) if workers is None else workers
    with open_pool(processes, 8, Preprocess(1, 1, "squash", "box"), kept) as pool:  # its pixels are for no model
        for answer in pool.decode(wanted):
            if isinstance(answer, Decoded):
                answer.release()
                unkept += answer.frame.thumbnail is False
            if isinstance(answer, Failed) or answer.frame.last:
                listener.progress(1)
    return unkept


def _announce(listener: Listener, total: int) -> None:
    """Tell a listener, unless it was written before there were thumbnails."""
    tell = getattr(listener, "thumbnails", None)
    if tell is not None:
        tell(total)


def _lacking(store: Store, plans: Sequence[Plan], kept: KeptThumbnails, room: int) -> tuple[list[Job], Thumbnails]:
    """Return the files, newest first, whose pictures have no thumbnail and for which there is room, and the counts."""
    there = kept.names()
    files: dict[tuple[int, str], Job] = {}
    counts = Thumbnails()
    for plan in plans:
        for job, thumb in _pictures(store, plan):
            counts.pictures += 1
            key = (job.root.id, job.file.path)
            if name_of(thumb, SMALL) in there:
                counts.have += 1
            elif key in files or room > 0:
                files[key] = job
                room -= 1
            else:
                counts.no_room += 1
    return list(files.values()), counts


def _pictures(store: Store, plan: Plan) -> Iterator[tuple[Job, Thumb]]:
    """Yield the pictures of a plan's files, the newest first."""
    rows = store.db.execute(
        "SELECT path, path_bytes, size, mtime_ns, ctime_ns, content_hash, format, at_ms FROM images"
        f" WHERE root = ? AND content_hash IS NOT NULL AND {READABLE} ORDER BY taken_ms DESC, id DESC",
        [plan.root.id],
    )
    for name, raw, size, mtime_ns, ctime_ns, digest, form, at_ms in rows:
        path = from_columns(name, raw)
        if type(digest) is bytes and any(not below or f"{path}/".startswith(f"{below}/") for below in plan.paths):
            job = Job(plan.root, FoundFile(path, size, mtime_ns, ctime_ns))
            yield job, Thumb(digest, at_ms if form in VIDEO_FORMATS else None)
