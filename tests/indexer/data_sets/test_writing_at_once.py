"""Tests of many writers at once, in threads and processes, and of writers that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.data_sets.columns import ID
from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from tests.data_sets import DESCRIPTION, rows_of, unit

WRITERS, COMMITS, ROWS = 3, 4, 40
WAIT = 120.0  # seconds

# Writes commits: each third one the same rows as all others write, else its own.
WRITER = """
import sys
from indexer.data_sets.pictures_table import PicturesTable
from tests.data_sets import DESCRIPTION, rows_of, unit
address, name, commits, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
table = PicturesTable.create(address, DESCRIPTION)
for number in range(commits):
    writer = "all" if number % 2 else name
    table.commit([rows_of([f"{writer}/{number}/{row}" for row in range(rows)], unit(rows))])
    print(number, flush=True)
"""


def write(address: str, name: str, commits: int = COMMITS, rows: int = ROWS) -> subprocess.Popen[str]:
    arguments = [address, name, str(commits), str(rows)]
    return subprocess.Popen([sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE, text=True)


def ids_in(address: str) -> list[str]:
    return [id for batch in PicturesTable.open(address).scan([ID]) for id in batch[ID].to_pylist()]


def check_whole(address: str) -> None:
    """Check that what all wrote is there once."""
    ids = ids_in(address)
    own = WRITERS * (COMMITS // 2) * ROWS
    assert len(ids) == len(set(ids)) == own + (COMMITS // 2) * ROWS


@pytest.fixture(params=["folder", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a library may be."""
    return str(tmp_path / "library") if request.param == "folder" else request.getfixturevalue("bucket") + "/library"


def test_processes_that_write_at_once_lose_and_double_nothing(address: str) -> None:
    writers = [write(address, str(number)) for number in range(WRITERS)]
    assert [(writer.communicate()[0], writer.returncode)[1] for writer in writers] == [0] * WRITERS
    check_whole(address)


def test_threads_that_write_at_once_lose_and_double_nothing(address: str) -> None:
    begin = threading.Barrier(WRITERS)

    def work(name: int) -> None:
        table = PicturesTable.create(address, DESCRIPTION)
        for number in range(COMMITS):
            begin.wait(WAIT)
            writer = "all" if number % 2 else name
            table.commit([rows_of([f"{writer}/{number}/{row}" for row in range(ROWS)], unit(ROWS))])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    check_whole(address)


def test_writers_of_the_same_rows_double_none_where_there_are_indexes(tmp_path: Path) -> None:
    address = str(tmp_path)
    table = PicturesTable.create(address, DESCRIPTION)
    table.commit([rows_of([f"before/{row}" for row in range(300)], unit(300))])
    table.optimize(least_rows=100)
    begin = threading.Barrier(WRITERS)

    def work(_: int) -> None:
        own = PicturesTable.open(address)
        for number in range(COMMITS):
            begin.wait(WAIT)
            own.commit([rows_of([f"{number}/{row}" for row in range(ROWS)], unit(ROWS))])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    ids = ids_in(address)
    assert len(ids) == len(set(ids)) == 300 + COMMITS * ROWS


def test_a_library_is_optimized_while_others_write_and_delete(tmp_path: Path) -> None:
    address = str(tmp_path)
    table = PicturesTable.create(address, DESCRIPTION)
    done = threading.Event()

    def work(name: int) -> None:
        own = PicturesTable.open(address)
        for number in range(8):
            rows = rows_of([f"{name}/{number}/{row}" for row in range(60)], unit(60))
            own.commit([rows])
            own.delete_ids(rows[ID].to_pylist()[:10])

    def optimize() -> int:
        rounds = 0
        while not (done.is_set() and rounds):
            table.optimize(keep_days=0, least_rows=300)
            rounds += 1
        return rounds

    with ThreadPoolExecutor(3) as pool:
        optimizer = pool.submit(optimize)
        try:
            list(pool.map(work, range(2)))
        finally:
            done.set()
        assert optimizer.result(WAIT) > 0
    ids = ids_in(address)
    assert len(ids) == len(set(ids)) == 2 * 8 * 50


def test_a_writer_that_is_killed_leaves_whole_commits(tmp_path: Path) -> None:
    address = str(tmp_path)
    for attempt in range(3):
        writer = write(address, f"killed{attempt}", commits=1000, rows=700)
        assert writer.stdout is not None
        for _ in range(2):
            writer.stdout.readline()
        time.sleep(0.01 * attempt)  # so that it is at another place
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        ids = ids_in(address)
        assert ids and len(ids) == len(set(ids)) and len(ids) % 700 == 0
    table = PicturesTable.open(address)
    assert table.commit([rows_of(["after"], unit(1))]) == table.version
    assert table.count() % 700 == 1


def test_who_makes_a_library_that_another_has_made_just_now_leaves_it_as_it_is(address: str) -> None:
    for attempt in range(5):  # each a race
        place, begin = f"{address}/{attempt}", threading.Barrier(WRITERS)

        def work(name: int, place: str = place, begin: threading.Barrier = begin) -> None:
            begin.wait(WAIT)
            PicturesTable.create(place, DESCRIPTION).commit([rows_of([str(name)], unit(1))])
            FailuresTable(place).replace([FailedPicture(str(name), "1", "s", None, "bad", True, "2026-01-01")])

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(work, range(WRITERS)))
        assert PicturesTable.open(place).count() == FailuresTable(place).count() == WRITERS
