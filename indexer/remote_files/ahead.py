"""Fetch ahead with several threads, in order, and never more than a bounded number of bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

THREADS = 16  # one waits for the network most of the time
MOST_AHEAD = 256 * 1024 * 1024  # bytes


def ahead(
    jobs: Iterable[T], run: Callable[[T], R], size: Callable[[T], int], threads: int = THREADS, most: int = MOST_AHEAD
) -> Iterator[R]:
    """Yield what `run` returns for each job, in order; `size` says how many bytes it will hold.

    Raises what `run` raises, at its place. What has begun is waited for when the iterator is closed.
    """
    waiting: deque[tuple[Future[R], int]] = deque()
    held = 0
    pool = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
    try:
        for job in jobs:
            weight = size(job)
            while waiting and (held + weight > most or len(waiting) >= 2 * threads):
                future, done = waiting.popleft()
                yield future.result()
                held -= done
            waiting.append((pool.submit(run, job), weight))
            held += weight
        while waiting:
            yield waiting.popleft()[0].result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
