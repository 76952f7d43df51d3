"""Tests of indexer.engine.encoder_threads; what a run makes of an error is tested with indexer.indexing.encoding."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.engine.encoder_threads import EncoderThreads
from indexer.errors import EncoderFailed, ModelError
from indexer.models.preprocess import Pixels
from tests.fakes import ColourEncoder

PIXELS = np.zeros((10, 2, 2, 3), np.uint8)
PIXELS[np.arange(10), :, :, np.arange(10) % 3] = 255


class Picky(ColourEncoder):
    """Raises an error for batches of more than some size, and counts the sizes that it got."""

    def __init__(self, most: int, error: Exception) -> None:
        super().__init__()
        self.most, self.error = most, error
        self.sizes: list[int] = []

    def encode_images(self, batch: Pixels) -> FloatArray:
        self.sizes.append(len(batch))
        if len(batch) > self.most:
            raise self.error
        return super().encode_images(batch)


def threads_of(*encoders: ColourEncoder) -> EncoderThreads:
    return EncoderThreads(encoders, 1)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory"), RuntimeError("can't allocate memory")]
)
def test_when_memory_runs_out_parts_are_halved_for_good(error: Exception) -> None:
    encoder = Picky(3, error)
    threads = threads_of(encoder)
    for _ in range(2):
        assert threads.encode(PIXELS).vectors.argmax(axis=1).tolist() == [number % 3 for number in range(10)]
    assert encoder.sizes == [10, 5, *[2] * 5, *[2] * 5]


def test_an_error_names_the_batch_and_what_to_try() -> None:
    with pytest.raises(EncoderFailed, match=r"batch of 10 pictures \(no such kernel\); .*--batch-size"):
        threads_of(Picky(3, RuntimeError("no such kernel\nand a long tail"))).encode(PIXELS)
    with pytest.raises(EncoderFailed, match="batch of 1 picture "):
        threads_of(Picky(0, MemoryError("none left"))).encode(PIXELS)
    with pytest.raises(ModelError, match="our own"):
        threads_of(Picky(3, ModelError("our own"))).encode(PIXELS)


def test_an_encoder_uses_the_cores_that_there_are() -> None:
    encoder = ColourEncoder()
    EncoderThreads([encoder], 3).encode(PIXELS)
    assert encoder.threads == 3


def test_numbers_that_are_not_finite_are_an_error() -> None:
    class Broken(ColourEncoder):
        def encode_images(self, batch: Pixels) -> FloatArray:
            return super().encode_images(batch) * np.float32("nan")

    with pytest.raises(EncoderFailed, match=r"not finite; .*--device cpu"):
        threads_of(Broken()).encode(PIXELS)


def test_each_encoder_is_used_by_one_thread_at_a_time() -> None:
    encoders = [ColourEncoder(), ColourEncoder()]
    threads = threads_of(*encoders)
    assert (threads.count, threads.shape) == (2, (2, 2, 3))
    with threads.threads() as pool:
        assert len(list(pool.map(threads.encode, [PIXELS] * 40))) == 40
    assert sum(encoder.images_encoded for encoder in encoders) == 400
    failing = threads_of(Picky(3, RuntimeError("no")))
    for _ in range(2):  # an error gives the encoder back
        with pytest.raises(EncoderFailed):
            failing.encode(PIXELS)
