"""What a worker process does: files in, their pixels, hashes and metadata out. It has no model and imports no torch.

A worker has a ring of slots in shared memory. It takes a slot before it starts on a picture, so that its clock
runs only while it works, and the main process gives the slot back when it has copied the pixels.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engine.frames import failure, frames
from indexer.models.preprocess import Pixels, Preprocess

NICENESS = 5  # the encoder has priority: while it has work, decoding gets what it leaves


def work(jobs: Connection, ring: Any, free: Any, slots: int, memory: int) -> None:
    """Receive a preprocessing, then files, until the main process is gone.

    Sends None when it starts on a picture, (Frame, slot) for each picture, Failure for a file that can't be decoded.
    """
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process handles Ctrl-C
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.nice(NICENESS)
    if not os.environ.get("CLIPSEARCH_DEBUG"):
        _silence_decoders()
    with contextlib.suppress(ImportError, OSError, ValueError):
        _limit_memory(memory)
    with contextlib.suppress(EOFError, OSError):  # the main process is gone, however it ended
        preprocess = jobs.recv()
        pixels = np.frombuffer(ring, dtype=np.uint8).reshape(slots, *preprocess.shape)
        _serve(jobs, preprocess, pixels, free)


def _silence_decoders() -> None:
    """Drop what C libraries write to stderr about broken files: a Failure says why, and stderr may be read as JSON."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _serve(jobs: Connection, preprocess: Preprocess, pixels: Pixels, free: Any) -> None:
    """Answer file after file; raises EOFError or OSError when the main process is gone."""
    slot = 0
    while True:
        root, file = jobs.recv()
        _take_slot(free)
        jobs.send(None)
        more = True
        answers = frames(root, file.path, preprocess)
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


def _limit_memory(memory: int) -> None:
    """Limit the process to so many bytes of address space beyond what it has now; needs Linux's /proc."""
    import resource

    now = Path("/proc/self/statm")
    used = int(now.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.RLIM_INFINITY))
