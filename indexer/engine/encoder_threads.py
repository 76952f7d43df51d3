"""Encodes batches in threads, one for each encoder, and in smaller parts once memory has run out."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from indexer.arrays import FloatArray
from indexer.engine.frames import first_line
from indexer.errors import ClipsearchError, EncoderFailed
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from indexer.wording import counted


class Encoded(NamedTuple):
    """The embeddings of a batch."""

    vectors: FloatArray  # (n, dim), unit length
    precision: str  # what they were computed in


class EncoderThreads:
    """One encoder for each GPU, or one for the CPU, each used by one thread at a time."""

    def __init__(self, encoders: Sequence[Encoder], cores: int) -> None:
        """Take encoders of one model, and how many CPU threads each uses.

        That is all cores, as the decoders have a lower priority: fewer gain nothing (benchmarks/RESULTS.md).
        """
        self._all = encoders
        self._cores = cores
        self._idle: queue.SimpleQueue[Encoder] = queue.SimpleQueue()
        for encoder in encoders:
            self._idle.put(encoder)
        self._largest: int | None = None  # part that fits into memory, in pictures, once it has run out

    @property
    def count(self) -> int:
        """How many batches can be encoded at the same time."""
        return len(self._all)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one picture's pixels."""
        return self._all[0].preprocess.shape

    def threads(self) -> ThreadPoolExecutor:
        """Return an executor with a thread for each encoder."""
        return ThreadPoolExecutor(self.count, "encode")

    def encode(self, pixels: Pixels) -> Encoded:
        """Return the embeddings of pixels (n, height, width, 3), which are encoded in parts if memory runs out.

        Raises EncoderFailed if the model fails otherwise, or on a single picture.
        """
        encoder = self._idle.get()
        try:
            encoder.use_threads(self._cores)
            vectors = self._in_parts(encoder, pixels)
            precision = encoder.precision
        finally:
            self._idle.put(encoder)
        if not np.isfinite(vectors).all():
            raise EncoderFailed(
                f"The model {encoder.name} returned numbers that are not finite; what was encoded before is kept. "
                "Try --device cpu."
            )
        return Encoded(vectors, precision)

    def _in_parts(self, encoder: Encoder, pixels: Pixels) -> FloatArray:
        """Encode; each time memory runs out, halve the parts, for the rest of the run too."""
        while True:
            size = min(len(pixels), self._largest or len(pixels))
            try:
                parts = [encoder.encode_images(pixels[start : start + size]) for start in range(0, len(pixels), size)]
                return np.concatenate(parts)
            except ClipsearchError:
                raise
            except Exception as error:
                if not is_out_of_memory(error) or size == 1:
                    raise _failed(encoder, size, error) from error
                _free_memory()
                self._largest = size // 2


def _failed(encoder: Encoder, size: int, error: Exception) -> EncoderFailed:
    """Return the error that stops the run."""
    return EncoderFailed(
        f"The model {encoder.name} failed on a batch of {counted(size, 'picture')} ({first_line(error)}); "
        "what was encoded before is kept. Try a smaller --batch-size or --device cpu."
    )


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether memory ran out: torch has an error class for that on GPUs, but only a message on CPUs."""
    message = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in message or "can't allocate memory" in message


def _free_memory() -> None:
    """Release the GPU memory that torch caches."""
    import sys

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
