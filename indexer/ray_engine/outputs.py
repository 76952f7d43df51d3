"""The blocks that a dataset gives, taken in a thread so that who waits for them hears Ctrl-C and being told to stop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from indexer.engine.frames import first_line
from indexer.errors import ClipsearchError

MOST_WAITING = 8  # blocks
POLL = 0.2  # seconds


class Outputs:
    """The blocks of a dataset, as they come; those that were lost with their node are left out."""

    def __init__(self, dataset: Any, stopping: Callable[[], bool]) -> None:
        """Start to execute it."""
        self._bundles, self._executor = _executed(dataset)
        self._stopping = stopping
        self._closed = threading.Event()
        self._blocks: queue.Queue[Any] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="ray outputs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Want no more, and end what is executed."""
        self._closed.set()
        if self._executor is not None:
            self._executor.shutdown(force=True)

    def __iter__(self) -> Iterator[Any]:
        """Yield blocks, until the end or until told to stop; raises ClipsearchError if Ray gives up."""
        while not self._stopping():
            try:
                block = self._blocks.get(timeout=POLL)
            except queue.Empty:
                continue
            if block is None:
                return
            if isinstance(block, BaseException):
                raise ClipsearchError(f"Ray has given up: {first_line(block)}; what was encoded before is kept.")
            yield block

    def _run(self) -> None:
        """Execute, in a thread."""
        end: BaseException | None = None
        try:
            for bundle in self._bundles():
                for reference in bundle.block_refs:
                    self._fetch(reference)
                if self._closed.is_set():
                    return
        except BaseException as error:
            end = error
        self._put(end)

    def _fetch(self, reference: Any) -> None:
        import ray

        try:
            block = ray.get(reference)
        except ray.exceptions.RayError:
            return  # it is lost: what was in it is missed in the end
        self._put(block)

    def _put(self, block: Any) -> None:
        while not self._closed.is_set():
            try:
                return self._blocks.put(block, timeout=POLL)
            except queue.Full:
                continue


def _executed(dataset: Any) -> tuple[Callable[[], Iterable[Any]], Any]:
    """Return what executes a dataset when it is called and gives its blocks, and what can end that.

    What Ray means others to use gives no hold on it before the first block has come, so it would only end then.
    """
    if hasattr(dataset, "_create_executor") and hasattr(dataset, "_build_bundle_iterator"):
        executor = dataset._create_executor()
        return lambda: dataset._build_bundle_iterator(executor), executor
    return dataset.iter_internal_ref_bundles, None
