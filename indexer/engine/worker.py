"""What a worker process does: files in, their pixels, hashes and metadata out. It has no model and imports no torch.

A worker has a ring of slots in shared memory. It takes a slot before it starts on a picture, so that its clock
runs only while it works, and the main process gives the slot back when it has copied the pixels.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from indexer.decoding.frame import Frame
from indexer.engine.frames import failure, frames
from indexer.models.preprocess import Pixels
from indexer.processes.confined import confine

Decode = Callable[[Path, str], "Iterator[tuple[Frame, Pixels]]"]


def work(jobs: Connection, ring: Any, free: Any, slots: int, memory: int) -> None:
    """Receive a preprocessing and where to keep thumbnails, if anywhere, then files, until the main process is gone.

    Sends None when it starts on a picture, (Frame, slot) for each picture, Failure for a file that can't be decoded.
    """
    confine(memory)
    with contextlib.suppress(EOFError, OSError):  # the main process is gone, however it ended
        preprocess, thumbnails = jobs.recv()
        pixels = np.frombuffer(ring, dtype=np.uint8).reshape(slots, *preprocess.shape)
        _serve(jobs, lambda root, path: frames(root, path, preprocess, thumbnails), pixels, free)


def _serve(jobs: Connection, decode: Decode, pixels: Pixels, free: Any) -> None:
    """Answer file after file; raises EOFError or OSError when the main process is gone."""
    slot = 0
    while True:
        root, file = jobs.recv()
        _take_slot(free)
        jobs.send(None)
        more = True
        answers = decode(root, file.path)
        while more:
            try:
                frame, pixels[slot] = next(answers)
            except Exception as error:
                free.release()
                jobs.send(failure(file, error))
                break
            jobs.send((frame, slot))
            slot = (slot + 1) % len(pixels)
            more = not frame.last
            if more:
                _take_slot(free)
                jobs.send(None)


def _take_slot(free: Any) -> None:
    """Wait for a free slot; raises EOFError if the main process is gone, since only that gives slots back."""
    main = multiprocessing.parent_process()
    while not free.acquire(timeout=1.0):
        if main is not None and not main.is_alive():
            raise EOFError
