"""Jobs of files for the tests of the engine, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from indexer.decoding.frame import Frame
from indexer.engine.in_process import Threads
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pool import Pool
from indexer.files.found import found_file
from indexer.models.preprocess import Preprocess
from indexer.store.roots import Root

TINY = Preprocess(2, 2, "squash", "box")


def job(path: Path) -> Job:
    """Return the job of a file, in its folder as the root."""
    return Job(Root(1, path.parent, None), found_file(path.name, path.stat()))


def decoded(pool: Pool | Threads, paths: Iterable[Path]) -> dict[str, list[Any]]:
    """Return what became of each file by name: its reason, or the mean colour and time of each frame."""
    found: dict[str, list[Any]] = {}
    for answer in pool.decode(map(job, paths)):
        told = found.setdefault(answer.job.path.name, [])
        if isinstance(answer, Failed):
            told.append(answer.failure.reason)
        else:
            assert answer.frame.file == answer.job.file
            told.append((answer.pixels.mean(axis=(0, 1)).tolist(), answer.frame.at_ms, answer.frame.last))
            answer.release()
    return found


def frames_of(pool: Pool | Threads, paths: Iterable[Path]) -> list[Frame]:
    """Return the frames of files, all of which can be decoded."""
    frames = []
    for answer in pool.decode(map(job, paths)):
        assert isinstance(answer, Decoded), answer
        frames.append(answer.frame)
        answer.release()
    return frames


def expected(colour: tuple[int, int, int]) -> list[Any]:
    return [([float(part) for part in colour], 0, True)]
