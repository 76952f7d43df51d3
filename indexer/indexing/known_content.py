"""Files that are new by name but known by content: touched, moved or copied, and so not decoded again.

A file is read and hashed here only if the library has one of the same size. What follows for the rows of such files is
in indexer/store/moving_files.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.engine.job import Job
from indexer.files.content import digest_if_unchanged
from indexer.indexing.origins import Origins
from indexer.indexing.plan import Plan
from indexer.models.device import cores
from indexer.store.known_files import incomplete_files
from indexer.store.models import StoredModel
from indexer.store.moving_files import SameBytes, complete_metadata, follow
from indexer.store.pictures import KnownPath
from indexer.store.roots import AT_PATH, path_key
from indexer.store.store import Store

Hashed = tuple[Job, bytes]  # a file and its hash


@dataclass(frozen=True, slots=True)
class Recognised:
    """How many files needed no decoding."""

    touched: int = 0  # same path, same bytes, another time stamp or ctime
    moved: int = 0
    copied: int = 0
    moved_and_done: int = 0  # those of the moved that need no encoding
    origins: Mapping[KnownPath, KnownPath] = field(default_factory=dict)  # of the moved: where they were
    copies: Sequence[KnownPath] = ()


def recognise(
    store: Store, plans: Sequence[Plan], model: StoredModel | None, stopping: Callable[[], bool], again: bool = False
) -> Recognised:
    """Store what became of files that are known by content, and take them off the plans' lists.

    What has no embedding by the model yet stays on `stale`, and with `again` everything does.
    """
    sizes = _known_sizes(store, plans)
    hashed = dict(_hashed(plans, sizes, stopping)) if sizes else {}
    if not hashed:
        return Recognised()
    same = _same_bytes(hashed, Origins(store, plans, model, _vacated(store, plans, hashed)))
    from indexer.metadata.beside import metadata_beside  # only now: most runs recognise nothing, and it takes 20 ms

    follow(store, same, {path: (job.file.mtime_ns, job.file.ctime_ns) for path, (job, _) in hashed.items()})
    recognised = (*same.touched, *same.moved, *same.copied)
    complete_metadata(store, {path: metadata_beside(hashed[path][0].path) for path in recognised})
    for plan in plans:
        plan.have_moved({path for root, path in same.moved.values() if root == plan.root.id})
        if not again:
            _not_stale(store, plan, {*same.touched, *same.moved, *same.copied}, model)
    stale = {(plan.root.id, file.path) for plan in plans for file in plan.stale}
    done = len(same.moved.keys() - stale)
    return Recognised(len(same.touched), len(same.moved), len(same.copied), done, same.moved, [*same.copied])


def _known_sizes(store: Store, plans: Sequence[Plan]) -> set[int]:
    """Return the sizes of stale files that pictures of the library have too."""
    sizes = {file.size for plan in plans for file in plan.stale}
    select = "SELECT DISTINCT size FROM images WHERE size IN ({marks}) AND content_hash IS NOT NULL"
    return {size for (size,) in store.db.rows_in(select, sizes)}


def _hashed(plans: Sequence[Plan], sizes: set[int], stopping: Callable[[], bool]) -> Iterator[tuple[KnownPath, Hashed]]:
    """Yield the files of these sizes with their hashes, as far as they can be read."""
    from concurrent.futures import ThreadPoolExecutor

    def digest_of(job: Job) -> tuple[Job, bytes | None]:
        return job, None if stopping() else digest_if_unchanged(job.path, job.file)

    jobs = [Job(plan.root, file) for plan in plans for file in plan.stale if file.size in sizes]
    with ThreadPoolExecutor(cores(), "hash") as threads:  # reading and hashing run side by side
        for job, digest in threads.map(digest_of, jobs):
            if digest is not None:
                yield (job.root.id, job.file.path), (job, digest)


def _vacated(store: Store, plans: Sequence[Plan], hashed: Mapping[KnownPath, Hashed]) -> set[KnownPath]:
    """Return the known paths where the known bytes are no longer: those of files that are gone or changed."""
    vacated = {(plan.root.id, path) for plan in plans for path in plan.perhaps_moved()}
    for plan in plans:
        for file in plan.stale:
            path, before = (plan.root.id, file.path), plan.changed.get(file.path)
            if before is None:
                continue
            is_same = hashed[path][1] == _stored_digest(store, path) if path in hashed else file.size == before[1]
            if not is_same:
                vacated.add(path)
    return vacated


def _stored_digest(store: Store, path: KnownPath) -> bytes | None:
    """Return the hash of the bytes that are known at a path."""
    root, name = path
    row = store.db.execute(f"SELECT content_hash FROM images WHERE {AT_PATH}", [root, path_key(name)]).fetchone()
    return row[0] if row else None


def _same_bytes(hashed: Mapping[KnownPath, Hashed], origins: Origins) -> SameBytes:
    """Return which of the files were touched, moved from another path, or copied."""
    touched: list[KnownPath] = []
    moved: dict[KnownPath, KnownPath] = {}
    copied: dict[KnownPath, KnownPath] = {}
    for path, (job, digest) in hashed.items():
        same = origins.of(job.file.size, digest)
        if path in same.paths:
            touched.append(path)
        elif origin := origins.moved(same, path):
            moved[path] = origin
        elif same.embedded:
            copied[path] = same.embedded
    return SameBytes(touched, moved, copied)


def _not_stale(store: Store, plan: Plan, recognised: set[KnownPath], model: StoredModel | None) -> None:
    """Take recognised files off `stale`, unless they have no embedding by this model."""
    here = {path for root, path in recognised if root == plan.root.id}
    if here:
        done = here - incomplete_files(store, plan.root, model, plan.paths)
        plan.stale = [file for file in plan.stale if file.path not in done]
