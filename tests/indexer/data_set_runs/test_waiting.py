"""Tests of the queue between readers and decoders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from indexer.data_set_runs.waiting import Waiting
from indexer.engine.job import Job
from indexer.files.found import FoundFile
from indexer.store.roots import Root


def job(number: int) -> Job:
    return Job(Root(number, Path("/"), None), FoundFile("x", 1, 0))


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_more_wait_than_there_is_room_for() -> None:
    waiting = Waiting(files=3, size=100)
    put: list[int] = []

    def fill() -> None:
        for number in range(10):
            waiting.put(job(number), 1)
            put.append(number)
        waiting.end()

    thread = threading.Thread(target=fill)
    thread.start()
    wait_for(lambda: len(put) == 3)
    taken = [one.root.id for one in waiting.jobs() if one is not None]
    thread.join()
    assert taken == list(range(10))


def test_a_file_larger_than_the_room_waits_alone() -> None:
    waiting = Waiting(files=3, size=100)
    assert waiting.put(job(1), 1000)
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(waiting.put(job(2), 1)))
    thread.start()
    jobs = waiting.jobs()
    assert not done
    first = next(jobs)
    assert first is not None and first.root.id == 1
    thread.join(timeout=60)
    assert done == [True]


def test_whoever_asks_hears_that_there_is_none_yet() -> None:
    waiting = Waiting()
    jobs = waiting.jobs()
    assert next(jobs) is None
    waiting.put(job(5), 1)
    found = next(jobs)
    assert found is not None and found.root.id == 5
    waiting.end()
    assert list(jobs) == []
    assert waiting.expect(0.0) == 0


def test_a_closed_one_lets_everyone_go() -> None:
    waiting = Waiting(files=1)
    waiting.put(job(1), 1)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(waiting.put(job(2), 1)))
    thread.start()
    waiting.close()
    thread.join(timeout=60)
    assert answers == [False]
    assert [*waiting.jobs()] == []
