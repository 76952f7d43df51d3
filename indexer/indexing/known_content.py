"""Files that are new by name but known by content: touched, moved or copied, and so not decoded again.

A file is read and hashed here only if the library has one of the same size. A moved file keeps its id,
embeddings and labels; so does one that changed places with another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.engine.job import Job
from indexer.files.content import digest_if_unchanged
from indexer.indexing.origins import Origins, Place
from indexer.indexing.plan import Plan
from indexer.models.device import cores
from indexer.paths import to_columns
from indexer.store.database import IDS_PER_STATEMENT
from indexer.store.models import StoredModel
from indexer.store.pictures import METADATA_COLUMNS, incomplete_files
from indexer.store.store import Store

Hashed = tuple[Job, bytes]  # a file and its hash


@dataclass(frozen=True, slots=True)
class Settled:
    """What needed no decoding."""

    touched: int = 0  # same path, same bytes, another time stamp
    moved: int = 0
    copied: int = 0
    moved_and_done: int = 0  # those of the moved that need no encoding


def settle(
    store: Store, plans: Sequence[Plan], model: StoredModel | None, stopping: Callable[[], bool], again: bool = False
) -> Settled:
    """Settle what is known by content, and take it off the plans' lists; what is not embedded yet stays on `stale`.

    A new file may be a picture that is gone, or one whose file now has other bytes. With `again` all stays on `stale`.
    """
    sizes = _known_sizes(store, plans)
    hashed = dict(_hashed(plans, sizes, stopping)) if sizes else {}
    if not hashed:
        return Settled()
    origins = Origins(store, plans, model, _free_places(store, plans, hashed))
    touched: list[Place] = []
    moves: dict[Place, Place] = {}  # to -> from
    copies: dict[Place, Place] = {}
    for place, (job, digest) in hashed.items():
        same = origins.of(job.file.size, digest)
        if place in same.places:
            touched.append(place)
        elif origin := origins.moved(same, place):
            moves[place] = origin
        elif same.embedded:
            copies[place] = same.embedded
    originals = {place: _ids(store, origin) for place, origin in copies.items()}  # before they move
    with store.writing():
        _touch(store, [(place, hashed[place][0]) for place in touched])
        _move(store, moves, hashed)
        _copy(store, originals, hashed)
    for plan in plans:
        _not_gone(plan, moves.values())
        if not again:
            _not_stale(store, plan, {*touched, *moves, *copies}, model)
    stale = {(plan.root.id, file.path) for plan in plans for file in plan.stale}
    done = sum(place not in stale for place in moves)
    return Settled(len(touched), len(moves), len(copies), done)


def _known_sizes(store: Store, plans: Sequence[Plan]) -> set[int]:
    """Return those sizes of the stale files that pictures of the library have."""
    sizes = list({file.size for plan in plans for file in plan.stale})
    known: set[int] = set()
    for start in range(0, len(sizes), IDS_PER_STATEMENT):
        some = sizes[start : start + IDS_PER_STATEMENT]
        marks = ",".join("?" * len(some))
        rows = store.db.execute(
            f"SELECT DISTINCT size FROM images WHERE size IN ({marks}) AND content_hash IS NOT NULL", some
        )
        known.update(row[0] for row in rows)
    return known


def _hashed(plans: Sequence[Plan], sizes: set[int], stopping: Callable[[], bool]) -> Iterator[tuple[Place, Hashed]]:
    """Yield the files of these sizes with their hashes, as far as they can be read."""
    from concurrent.futures import ThreadPoolExecutor

    def one(job: Job) -> tuple[Job, bytes | None]:
        return job, None if stopping() else digest_if_unchanged(job.path, job.file)

    jobs = [Job(plan.root, file) for plan in plans for file in plan.stale if file.size in sizes]
    with ThreadPoolExecutor(cores(), "hash") as threads:  # reading and hashing run side by side
        for job, digest in threads.map(one, jobs):
            if digest is not None:
                yield (job.root.id, job.file.path), (job, digest)


def _free_places(store: Store, plans: Sequence[Plan], hashed: dict[Place, Hashed]) -> set[Place]:
    """Return where pictures are known whose bytes are not there any more: files that are gone or changed."""
    free = {(plan.root.id, path) for plan in plans for path in plan.perhaps_moved()}
    for plan in plans:
        for file in plan.stale:
            place = (plan.root.id, file.path)
            before = plan.changed.get(file.path)
            if before is None:
                continue
            changed = hashed[place][1] != _digest(store, place) if place in hashed else file.size != before[1]
            if changed:
                free.add(place)
    return free


def _digest(store: Store, place: Place) -> bytes | None:
    """Return the hash of what is known at a place."""
    name, raw = to_columns(place[1])
    row = store.db.execute(
        "SELECT content_hash FROM images WHERE root = ? AND ifnull(path_bytes, path) = ?",
        [place[0], name if raw is None else raw],
    ).fetchone()
    return row[0] if row else None


def _ids(store: Store, place: Place) -> list[int]:
    """Return the ids of the rows of a place: one, or a video's many."""
    name, raw = to_columns(place[1])
    rows = store.db.execute(
        "SELECT id FROM images WHERE root = ? AND ifnull(path_bytes, path) = ? ORDER BY at_ms",
        [place[0], name if raw is None else raw],
    )
    return [row[0] for row in rows]


def _touch(store: Store, files: Sequence[tuple[Place, Job]]) -> None:
    """Write the new time stamps down."""
    for place, job in files:
        rows = [(job.file.mtime_ns, image) for image in _ids(store, place)]
        store.db.conn.executemany("UPDATE images SET mtime_ns = ? WHERE id = ?", rows)


def _move(store: Store, moves: dict[Place, Place], hashed: dict[Place, Hashed]) -> None:
    """Give rows their new paths; first all are taken out of the way, as files may have changed places."""
    ids = {place: _ids(store, origin) for place, origin in moves.items()}
    aside = [(b"\0%d" % image, image) for images in ids.values() for image in images]  # no file has such a name
    store.db.conn.executemany("UPDATE images SET path_bytes = ? WHERE id = ?", aside)
    for place, images in ids.items():
        _clear(store, place)
        job, name = hashed[place][0], to_columns(place[1])
        rows = [(place[0], *name, job.file.mtime_ns, image) for image in images]
        store.db.conn.executemany(
            "UPDATE images SET root = ?, path = ?, path_bytes = ?, mtime_ns = ? WHERE id = ?", rows
        )


def _copy(store: Store, originals: dict[Place, list[int]], hashed: dict[Place, Hashed]) -> None:
    """Insert rows for files with the bytes of others, with their metadata and embeddings."""
    same = "size, width, height, format, indexed_at, content_hash, perceptual_hash, at_ms, " + ", ".join(
        METADATA_COLUMNS
    )
    for place, images in originals.items():
        _clear(store, place)
        job, name = hashed[place][0], to_columns(place[1])
        for image in images:
            cursor = store.db.execute(
                f"INSERT INTO images (root, path, path_bytes, mtime_ns, {same})"
                f" SELECT ?, ?, ?, ?, {same} FROM images WHERE id = ?",
                [place[0], *name, job.file.mtime_ns, image],
            )
            store.db.execute(
                "INSERT INTO embeddings (image, model, vector) SELECT ?, model, vector FROM embeddings WHERE image = ?",
                [cursor.lastrowid, image],
            )


def _clear(store: Store, place: Place) -> None:
    """Remove what was known of a place, whose file now has other bytes."""
    store.db.conn.executemany("DELETE FROM images WHERE id = ?", [(image,) for image in _ids(store, place)])


def _not_gone(plan: Plan, origins: Iterable[Place]) -> None:
    """Take what has moved away off `gone`."""
    plan.have_moved({path for root, path in origins if root == plan.root.id})


def _not_stale(store: Store, plan: Plan, settled: set[Place], model: StoredModel | None) -> None:
    """Take what is settled off `stale`, unless it has no embedding by this model."""
    here = {path for root, path in settled if root == plan.root.id}
    if here:
        done = here - incomplete_files(store, plan.root, model, plan.places)
        plan.stale = [file for file in plan.stale if file.path not in done]
