"""Tests of indexer.engine.pool, and of the records in job.py: whatever a file does to a worker, others are decoded."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

import indexer.engine.pool
from indexer.engine.in_process import FILES_PER_WORKER
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pool import Pool, open_pool
from indexer.engine.worker_process import WorkerProcess
from indexer.errors import ClipsearchError
from indexer.models.preprocess import Preprocess
from tests.conftest import MakePicture
from tests.fakes import OddPreprocess
from tests.indexer.engine.jobs import TINY, decoded, expected, job
from tests.processes import command_of

LONG = 180.0  # seconds that nothing takes, however busy the machine is
RAISES, ABORTS, HANGS, EATS = 13, 66, 99, 77  # the widths that OddPreprocess does not bear


def decoders() -> list[psutil.Process]:
    """Return the processes that this one has, without Python's own."""
    children = psutil.Process().children(recursive=True)
    commands = [(child, " ".join(command_of(child))) for child in children]
    return [child for child, command in commands if command and "resource_tracker" not in command]


class Impatient(Pool):
    """Loses its patience soon, but only with what hangs: a busy machine may stop a worker for seconds."""

    def _is_late(self, worker: WorkerProcess) -> bool:
        self._patience = 1.0 if worker.jobs and worker.jobs[0].path.name == f"bad {HANGS}.png" else LONG
        return super()._is_late(worker)


def eventually(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_each_file_gets_its_own_pixels(many: list[Path]) -> None:
    with Pool(2, 3, TINY) as pool:
        found = decoded(pool, many)
    assert found == {f"{number}.png": expected((number * 6, 0, 255 - number * 6)) for number in range(40)}


@pytest.mark.parametrize(
    ("width", "reason", "lasting"),
    [
        (RAISES, "unlucky", False),
        (ABORTS, "crashed", True),
        (HANGS, "took longer than 1 s", True),
        (EATS, "memory", None),
    ],
)
def test_a_bad_file_costs_no_other(picture: MakePicture, width: int, reason: str, lasting: bool | None) -> None:
    """Also those that wait behind it in the same worker are decoded."""
    good = [picture(f"{number}.png", "red") for number in range(8)]
    bad = picture(f"bad {width}.png", "red", (width, 12))
    answers = {}
    with Impatient(1, 3, OddPreprocess(), memory=1024**3) as pool:
        for answer in pool.decode(map(job, [*good[:3], bad, *good[3:]])):
            answers[answer.job.path.name] = answer
            if isinstance(answer, Decoded):
                assert answer.pixels.mean(axis=(0, 1)).tolist() == [255, 0, 0]
                answer.release()
    failed = answers.pop(bad.name)
    assert isinstance(failed, Failed) and reason in failed.failure.reason
    assert lasting is None or failed.failure.lasting == lasting
    assert len(answers) == 8 and all(isinstance(one, Decoded) for one in answers.values())


def test_many_bad_files_in_a_row(picture: MakePicture) -> None:
    """Workers that die on files are no sign that workers can't live."""
    bad = [picture(f"bad {number}.png", "red", (ABORTS, 12)) for number in range(7)]
    with Pool(2, 2, OddPreprocess()) as pool:
        found = decoded(pool, [*bad, picture("good.png", "red")])
    assert found.pop("good.png") == expected((255, 0, 0))
    assert len(found) == 7 and all("crashed" in told[0] for told in found.values())


class Clock:
    """The pool's clock, which a test sets; it counts how often the pool has looked at its workers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.looks, wait = 0.0, 0, indexer.engine.pool.wait

        def counting(*arguments: Any, **options: Any) -> Any:
            self.looks += 1
            return wait(*arguments, **options)

        monkeypatch.setattr(indexer.engine.pool, "wait", counting)
        monkeypatch.setattr(indexer.engine.pool, "time", self)

    def monotonic(self) -> float:
        return self.now


def test_patience_does_not_run_while_the_encoder_is_slow(many: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    with Pool(2, 2, TINY, patience=2.0) as pool:
        answers = pool.decode(map(job, many[:16]))
        for number, answer in enumerate(answers):
            assert isinstance(answer, Decoded), "a worker that waits for a slot does not hang"
            if number in (0, 6):
                eventually(lambda: pool._answers.qsize() == 3)  # with the one here, all slots of both
                clock.now += 1000.0
                looks = clock.looks
                eventually(lambda: clock.looks > looks + 2)  # noqa: B023 - it is called before the next round
            answer.release()
    assert number == 15


@pytest.mark.parametrize("width", [12, HANGS])
def test_closing_in_the_middle_leaves_no_processes(picture: MakePicture, width: int) -> None:
    before = {process.pid for process in decoders()}
    paths = [picture(f"{number}.png", "red", (width if number else 12, 12)) for number in range(20)]
    pool = Pool(2, 2, OddPreprocess())
    answers = pool.decode(map(job, itertools.cycle(paths)))
    assert next(answers)
    assert len({process.pid for process in decoders()} - before) == 2
    processes = [worker.process for worker in pool._workers]
    pool.close()
    assert {process.pid for process in decoders()} <= before
    assert {process.exitcode for process in processes} == {-signal.SIGKILL}, "none was waited for"
    answers.close()
    pool.close()  # again does no harm


def test_files_are_asked_for_only_when_a_worker_wants_them(many: list[Path]) -> None:
    asked = 0

    def jobs() -> Iterator[Job]:
        nonlocal asked
        for path in many:
            asked += 1
            yield job(path)

    with Pool(2, 2, TINY) as pool:
        answers = pool.decode(jobs())
        assert isinstance(next(answers), Decoded)
        time.sleep(0.5)  # no slot is given back
        assert asked <= 2 * 2 + 2 * FILES_PER_WORKER
        answers.close()


@pytest.mark.parametrize("workers", [0, 2])
def test_what_the_files_iterator_raises_is_raised(many: list[Path], workers: int) -> None:
    def jobs() -> Iterator[Job]:
        yield job(many[0])
        raise RuntimeError("the scan failed")

    with open_pool(workers, 2, TINY) as pool, pytest.raises(RuntimeError, match="the scan failed"):
        for answer in pool.decode(jobs()):
            assert isinstance(answer, Decoded)
            answer.release()


def _explode() -> None:
    raise RuntimeError("this can't travel")


@dataclass(frozen=True, slots=True)
class Unfit(Preprocess):
    """Can't be unpickled."""

    def __reduce__(self) -> Any:
        return _explode, ()


def test_workers_that_cannot_live_end_the_run(many: list[Path]) -> None:
    with Pool(1, 2, Unfit(2, 2)) as pool, pytest.raises(ClipsearchError, match="can't be decoded on this machine"):
        decoded(pool, many)


def test_no_files_are_no_answers() -> None:
    with Pool(1, 2, TINY) as pool:
        assert decoded(pool, []) == {}
