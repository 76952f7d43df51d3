"""Tests of indexer.processes.starting; that workers are born deaf to Ctrl-C is tested in test_worker_process.py."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time

import pytest

from indexer.processes.starting import cause_of_death, start


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (-signal.SIGKILL, "its decoder was killed, perhaps because memory ran out"),
        (-signal.SIGSEGV, "its decoder crashed (signal 11)"),
        (3, "its decoder crashed"),
    ],
)
def test_the_cause_of_death_is_told(code: int, reason: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=die, args=(code,))
    start(process)
    process.join()
    assert cause_of_death(process) == reason


def die(code: int) -> None:
    """End like a process with this exit code."""
    if code < 0:
        os.kill(os.getpid(), -code)
        time.sleep(600)
    os._exit(code)


def test_threads_that_start_processes_at_once_leave_the_script_in_place() -> None:
    """Each puts an empty module in its place while it starts one."""
    real, before = sys.modules["__main__"], signal.pthread_sigmask(signal.SIG_BLOCK, [])
    processes = [multiprocessing.get_context("spawn").Process(target=os._exit, args=(0,)) for _ in range(6)]
    threads = [threading.Thread(target=start, args=(process,)) for process in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        process.join()
    assert sys.modules["__main__"] is real and signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
