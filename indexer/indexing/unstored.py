"""Embeddings of files for one answer: those that the library knows are taken from it, the rest is encoded, and nothing
is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.engine.job import Failed, Job
from indexer.files.content import digest_if_unchanged
from indexer.files.formats import VIDEO_FORMATS
from indexer.models.device import cores
from indexer.store.embeddings import MomentVector, embeddings_of, moments_of
from indexer.store.models import StoredModel
from indexer.store.roots import AT_PATH, path_key
from indexer.store.soundness import are_ids
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder

LOOKED_UP_AT_ONCE = 500  # files


@dataclass(frozen=True, slots=True)
class EncodedMoments:
    """The embeddings of a file: of a still one, of a video one for each moment."""

    moments: tuple[MomentVector, ...]  # by time
    is_video: bool


def as_a_whole(encoded: EncodedMoments) -> EncodedMoments:
    """Return a file as one picture: of a video, the mean of its moments, what it mostly shows."""
    if not encoded.is_video:
        return encoded
    import numpy as np

    from indexer.arrays import unit_vector

    mean = unit_vector(np.mean([moment.vector for moment in encoded.moments], axis=0))
    return EncodedMoments((MomentVector(0, mean),), is_video=False)


def moments_unstored(
    store: Store,
    model: StoredModel,
    load: Callable[[], Encoder],
    jobs: Sequence[Job],
    failed: Callable[[Failed], None],
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Job, EncodedMoments]]:
    """Yield the embeddings of files, in no special order; `failed` is called for those that can't be read.

    A file whose root is the library's, and one of the same bytes as a picture there, is not decoded; `load` is called
    only if a file must be. `advance` gets how many more files need nothing now. Raises EncoderFailed if the model
    fails.
    """
    stale: list[Job] = []
    for known in (_known_by_path, _known_by_content):
        stale = []
        for job, encoded in known(store, model, jobs):
            if encoded is None:
                stale.append(job)
            else:
                yield job, encoded
        advance(len(jobs) - len(stale))
        jobs = stale
    if jobs:
        yield from _encoded(model, load(), jobs, failed, advance)


Known = Iterator["tuple[Job, EncodedMoments | None]"]


def _known_by_path(store: Store, model: StoredModel, jobs: Sequence[Job]) -> Known:
    """Yield each file with the embeddings that the library has of it, where it is unchanged there."""
    for start in range(0, len(jobs), LOOKED_UP_AT_ONCE):
        block = {job: _unchanged_rows(store, job) for job in jobs[start : start + LOOKED_UP_AT_ONCE]}
        ids, vectors = embeddings_of(store, model, [id for rows in block.values() for id, _, _ in rows])
        by_id = dict(zip(ids.tolist(), vectors, strict=True))
        for job, rows in block.items():
            if rows and all(id in by_id for id, _, _ in rows):
                moments = tuple(MomentVector(at_ms, by_id[id]) for id, at_ms, _ in rows)
                yield job, EncodedMoments(moments, _is_video(rows[0][2]))
            else:
                yield job, None


def _unchanged_rows(store: Store, job: Job) -> list[tuple[int, int, str]]:
    """Return (id, at_ms, format) of the rows of a file by time; none if its root is not the library's or it changed."""
    if not job.root.id:
        return []
    rows = store.db.execute(
        f"SELECT id, at_ms, format, size, mtime_ns, ctime_ns FROM images WHERE {AT_PATH} ORDER BY at_ms",
        [job.root.id, path_key(job.file.path)],
    ).fetchall()
    _, size, mtime_ns, ctime_ns = job.file
    is_same = all(row[3:] in ((size, mtime_ns, ctime_ns), (size, mtime_ns, None)) for row in rows)
    return [row[:3] for row in rows] if is_same and are_ids([row[0] for row in rows]) else []


def _known_by_content(store: Store, model: StoredModel, jobs: Sequence[Job]) -> Known:
    """Yield each file with the embeddings of the same bytes; only those of a size that the library has are hashed."""
    from concurrent.futures import ThreadPoolExecutor

    select = "SELECT DISTINCT size FROM images WHERE size IN ({marks}) AND content_hash IS NOT NULL"
    sizes = {size for (size,) in store.db.rows_in(select, {job.file.size for job in jobs})}

    def digest_of(job: Job) -> tuple[Job, bytes | None]:
        return job, digest_if_unchanged(job.path, job.file) if job.file.size in sizes else None

    with ThreadPoolExecutor(cores(), "hash") as threads:
        for job, digest in threads.map(digest_of, jobs) if sizes else ((job, None) for job in jobs):
            moments = () if digest is None else tuple(moments_of(store, model, job.file.size, digest))
            if not moments:
                yield job, None
                continue
            row = store.db.execute(
                "SELECT format FROM images WHERE size = ? AND content_hash = ? LIMIT 1", [job.file.size, digest]
            ).fetchone()
            yield job, EncodedMoments(tuple(sorted(moments, key=_time)), _is_video(row[0]))


def _encoded(
    model: StoredModel,
    encoder: Encoder,
    jobs: Sequence[Job],
    failed: Callable[[Failed], None],
    advance: Callable[[int], None],
) -> Iterator[tuple[Job, EncodedMoments]]:
    """Encode files as a run does."""
    from indexer.indexing.encoding import open_pipeline  # only now: what is known needs no engine
    from indexer.library_model.int8_choice import begin_judging

    def on_failure(job: Failed) -> None:
        failed(job)
        advance(1)

    by_file = {(job.root.path, job.file.path): job for job in jobs}
    begin_judging(model, encoder)
    with open_pipeline(encoder, len(jobs), None, None, lambda _: (), on_failure) as pipeline:
        for files in pipeline.run(iter(jobs)):
            for file in files:
                job = by_file[file.root.path, file.frame.file.path]
                yield job, EncodedMoments(file.moments, _is_video(file.frame.format))
            advance(len(files))


def _is_video(form: object) -> bool:
    return form in VIDEO_FORMATS


def _time(moment: MomentVector) -> int:
    return moment.at_ms
