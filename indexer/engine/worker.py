"""A worker process: files in; their pixels, hashes and metadata out. It never sees the model and imports no torch.

A worker has a ring of slots in shared memory. It takes a slot before it starts on a picture, so that its clock
runs only while it works, and the main process gives the slot back when it has copied the pixels.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from indexer.decoding.metadata import Metadata
from indexer.decoding.perceptual_hash import SIDE, perceptual_hash
from indexer.errors import PictureError, UnreachablePicture
from indexer.files.content import Content, read_content
from indexer.files.found import FoundFile
from indexer.models.preprocess import Pixels, Preprocess

NICENESS = 5  # the encoder goes first: while it has work, decoding gets what it leaves


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known of a picture, or of one moment of a video, besides its pixels."""

    file: FoundFile  # with the signature of the bytes that were decoded
    digest: bytes
    width: int
    height: int
    format: str
    metadata: Metadata
    at_ms: int = 0
    last: bool = True  # of its file
    read_seconds: float = 0.0
    decode_seconds: float = 0.0
    perceptual_hash: bytes | None = None  # of a still


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be decoded."""

    file: FoundFile
    reason: str
    lasting: bool  # the file itself is bad, not just this time


def frames(root: Path, path: str, preprocess: Preprocess) -> Iterator[tuple[Frame, Pixels]]:
    """Yield a picture, or the moments of a video, with their pixels; raises PictureError."""
    started = time.perf_counter()
    with read_content(root, path) as content:
        read = time.perf_counter()
        decode = _moments if _is_video(path) else _still
        for frame, image in decode(content, path, preprocess):
            pixels = _pixels(preprocess, image)
            times = (read - started, time.perf_counter() - read)
            yield _timed(frame, times), pixels
            started = read = time.perf_counter()


def _is_video(path: str) -> bool:
    from indexer.files.formats import is_video

    return is_video(path)


def _still(content: Content, path: str, preprocess: Preprocess) -> Iterator[tuple[Frame, Image.Image]]:
    """Yield a picture."""
    from indexer.decoding.decode import decode_picture

    picture = decode_picture(content.source, path, max(preprocess.smallest, SIDE))
    size = (picture.width, picture.height)
    frame = Frame(content.file, content.digest, *size, picture.format, picture.metadata)
    yield dataclasses.replace(frame, perceptual_hash=perceptual_hash(picture.image)), picture.image


def _moments(content: Content, path: str, preprocess: Preprocess) -> Iterator[tuple[Frame, Image.Image]]:
    """Yield a video's moments; one behind, since only then the last is known."""
    from indexer.video.moments import open_video

    video, moments = open_video(content.source, path, preprocess.smallest)
    before = None
    for moment in moments:
        if before is not None:
            yield before
        frame = Frame(
            content.file, content.digest, video.width, video.height, video.format, video.metadata, moment.at_ms, False
        )
        before = frame, moment.image
    if before is None:
        raise PictureError("a video without a picture")
    yield dataclasses.replace(before[0], last=True), before[1]


def _timed(frame: Frame, times: tuple[float, float]) -> Frame:
    return dataclasses.replace(frame, read_seconds=times[0], decode_seconds=times[1])


def _pixels(preprocess: Preprocess, image: Image.Image) -> Pixels:
    """Preprocess; a model's preprocessing may choke on one odd picture, and the rest goes on."""
    try:
        return preprocess(image)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreachablePicture(f"can't be preprocessed: {first_line(error)}") from error


def failure(file: FoundFile, error: Exception) -> Failure:
    """Return the failure that an error amounts to."""
    if isinstance(error, PictureError):
        return Failure(file, str(error), lasting=not isinstance(error, UnreachablePicture))
    if isinstance(error, MemoryError):
        return Failure(file, "too large for the memory of this machine", lasting=True)
    return Failure(file, f"can't be decoded: {first_line(error)}", lasting=True)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, which torch likes to make long."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def work(jobs: Connection, ring: Any, free: Any, slots: int, memory: int) -> None:
    """Be a worker: take a preprocessing, then files, until the main process is gone.

    Sends None when it starts on a file, (Frame, slot) for each picture, Failure for a file that can't be decoded.
    """
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's affair
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.nice(NICENESS)
    if not os.environ.get("CLIPSEARCH_DEBUG"):
        _silence_decoders()
    with contextlib.suppress(ImportError, OSError, ValueError):
        _limit_memory(memory)
    with contextlib.suppress(EOFError, OSError):  # the main process is gone, however it went
        preprocess = jobs.recv()
        pixels = np.frombuffer(ring, dtype=np.uint8).reshape(slots, *preprocess.shape)
        _serve(jobs, preprocess, pixels, free)


def _silence_decoders() -> None:
    """Drop what C libraries write to stderr about broken files: the reason comes as a Failure, and logs are JSON."""
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
        holding = True
        answers = frames(root, file.path, preprocess)
        while holding:
            try:
                frame, pixels[slot] = next(answers)
            except Exception as error:
                free.release()
                jobs.send(failure(file, error))
                break
            jobs.send((frame, slot))
            slot = (slot + 1) % len(pixels)
            holding = not frame.last
            if holding:
                _take_slot(free)
                jobs.send(None)


def _take_slot(free: Any) -> None:
    """Wait for a free slot; raises EOFError if the main process is gone, who alone could give one back."""
    main = multiprocessing.parent_process()
    while not free.acquire(timeout=1.0):
        if main is not None and not main.is_alive():
            raise EOFError


def _limit_memory(memory: int) -> None:
    """Let the process take so many bytes of address space beyond what it has now; only where Linux's /proc is."""
    import resource

    now = Path("/proc/self/statm")
    used = int(now.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.RLIM_INFINITY))
