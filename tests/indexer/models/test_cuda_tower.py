"""Tests of indexer.models.cuda_tower without a GPU: all of it but streams, events and graphs themselves.

What needs a GPU is in benchmarks/gpu.py.
"""

from __future__ import annotations

import contextlib
import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from indexer.engine.encoder_threads import EncoderThreads
from indexer.models import open_clip_encoder
from indexer.models.cuda_tower import LANES, CudaTower, Encode, Streams
from indexer.models.loading import load_encoder
from indexer.models.open_clip_encoder import OpenClipEncoder
from indexer.models.preprocess import Pixels
from tests.fakes import ColourEncoder
from tests.indexer.models.tiny import PREPROCESSING, random_model

import torch  # isort: skip

CPU = torch.device("cpu")
MEAN, STD = PREPROCESSING["mean"], PREPROCESSING["std"]


def noise(count: int, side: int = 32, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def tower_of(encode: Encode, *, graphs: bool = False) -> CudaTower:
    return CudaTower(encode, MEAN, STD, torch.float32, CPU, graphs=graphs)


def mean_colours(values: torch.Tensor) -> torch.Tensor:
    return values.mean(dim=(2, 3))


def colours(batch: Pixels) -> FloatArray:
    return np.asarray((batch.mean(axis=(1, 2)) / 255 - MEAN) / STD, np.float32)


@pytest.mark.parametrize("graphs", [False, True])  # which can't be recorded here, and then it goes on without
def test_equals_the_model_itself_in_batches_of_any_size(graphs: bool) -> None:
    model = random_model()
    tower = tower_of(model.encode_image, graphs=graphs)
    mean, std = (np.array(values, np.float32) for values in (MEAN, STD))
    for number, count in enumerate([8, 8, 3, 1, 7, 13, 13, 8]):
        batch = noise(count, seed=number)
        with torch.inference_mode():
            values = torch.from_numpy((batch.astype(np.float32) / 255 - mean) / std)
            expected = model.encode_image(values.permute(0, 3, 1, 2)).numpy()
        found = tower(batch)
        assert (found.shape, found.dtype) == ((count, 24), np.float32)
        assert np.allclose(found, expected, atol=1e-5)


def test_an_answer_stays_when_the_next_batch_comes() -> None:
    tower = tower_of(lambda values: values[:, :, 0, 0])  # a view of what the lane holds
    first = tower(noise(4))
    before = first.copy()
    for seed in range(1, 2 * LANES + 1):
        tower(noise(4, seed=seed))
    assert np.array_equal(first, before)


def test_memory_is_allocated_once_for_a_shape_and_grows() -> None:
    tower = tower_of(mean_colours)
    first, lane = (tower._idle.get() for _ in range(LANES))
    for one in (first, lane):
        tower._idle.put(one)
    addresses = []
    for count in (8, 3, 8, 9, 8):
        assert np.allclose(tower(noise(count)), colours(noise(count)), atol=1e-4)
        addresses.append((lane.host.data_ptr(), lane.pixels.data_ptr(), len(lane.host), len(lane.pixels)))
    assert addresses[0] == addresses[1] == addresses[2]
    assert addresses[3] == addresses[4] and addresses[3][2:] == (9, 9)
    assert np.allclose(tower(noise(8, side=16)), colours(noise(8, side=16)), atol=1e-4)
    assert first.host is None  # one thread alone uses one lane


def test_a_batch_goes_up_while_another_is_computed() -> None:
    computing, go_on = threading.Event(), threading.Event()

    def slow(values: torch.Tensor) -> torch.Tensor:
        computing.set()
        assert go_on.wait(120)
        return mean_colours(values)

    tower = tower_of(slow)
    lanes = [tower._idle.get() for _ in range(LANES)]
    for lane in lanes:
        tower._idle.put(lane)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(tower, noise(4, seed=1))
        assert computing.wait(120)
        second = threads.submit(tower, noise(4, seed=2))
        up = threading.Event()
        for _ in range(12_000):  # until the second batch is where it is computed from, while the first still computes
            if any(lane.pixels is not None and np.array_equal(lane.pixels, noise(4, seed=2)) for lane in lanes):
                up.set()
                break
            threading.Event().wait(0.01)
        assert up.is_set() and not first.done()
        go_on.set()
        assert np.allclose(first.result(), colours(noise(4, seed=1)), atol=1e-4)
        assert np.allclose(second.result(), colours(noise(4, seed=2)), atol=1e-4)


def test_many_threads_get_their_own_answers() -> None:
    tower = tower_of(mean_colours)
    batches = [noise(1 + seed % 5, seed=seed) for seed in range(60)]
    with ThreadPoolExecutor(3 * LANES) as threads:
        for batch, found in zip(batches, threads.map(tower, batches), strict=True):
            assert np.allclose(found, colours(batch), atol=1e-4)


class Ordered(Streams):
    """Writes down what is asked of the streams."""

    def __init__(self) -> None:
        super().__init__(CPU)
        self.said: list[str] = []

    def on(self, stream: Any) -> contextlib.AbstractContextManager[Any]:
        self.said.append(f"on {stream}")
        return contextlib.nullcontext()

    def follow(self, stream: Any, other: Any) -> None:
        self.said.append(f"{stream} follows {other}")

    def mark(self) -> Any:
        self.said.append("mark")
        return self

    def synchronize(self) -> None:
        self.said.append("wait")


def test_what_waits_for_what() -> None:
    tower = tower_of(mean_colours)
    streams = Ordered()
    tower._streams, tower._computing = streams, "computing"
    tower._encode = lambda values: (streams.said.append("computes"), mean_colours(values))[1]
    for lane in [tower._idle.get() for _ in range(LANES)]:
        lane.stream, lane._streams = "lane", streams
        tower._idle.put(lane)
    tower(noise(2))
    expected = ["on lane", "on lane", "on computing", "computing follows lane", "computes", "mark", "wait"]
    assert streams.said == expected  # room on the GPU, the copy, then all that needs it


class Limited(ColourEncoder):
    """Encodes with a tower that has memory for so many pictures, and shares it as encoders of one GPU do."""

    def __init__(self, most: int, error: Exception) -> None:
        super().__init__()
        self.most, self.error = most, error
        self.sizes: list[int] = []
        self.tower = tower_of(self._encode)

    def _encode(self, values: torch.Tensor) -> torch.Tensor:
        self.sizes.append(len(values))
        if len(values) > self.most:
            raise self.error
        return mean_colours(values)

    def encode_images(self, batch: Pixels) -> FloatArray:
        return self.tower(batch)


@pytest.mark.parametrize(
    "error", [torch.cuda.OutOfMemoryError("CUDA out of memory. Tried"), RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when")]
)
def test_a_batch_that_does_not_fit_is_halved_and_holds_no_memory(error: Exception) -> None:
    encoder = Limited(3, error)
    with pytest.raises((MemoryError, torch.cuda.OutOfMemoryError), match=r"(?i)out of memory"):
        encoder.tower(noise(10))
    for lane in [encoder.tower._idle.get() for _ in range(LANES)]:
        assert lane.host is lane.pixels is lane.graph is lane.features is None
        encoder.tower._idle.put(lane)
    encoder.sizes.clear()
    threads = EncoderThreads([encoder, copy.copy(encoder)], 1)
    assert threads.count == 2
    assert np.allclose(threads.encode(noise(10)).vectors, colours(noise(10)), atol=1e-4)
    assert encoder.sizes == [10, 5, *[2] * 5]


def test_an_encoder_computes_with_it_what_it_computes_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_clip_encoder, "packed", lambda *_: None)  # so that the tower is open_clip's own
    encoder = load_encoder(f"local-dir:{folder}", "cpu")
    assert isinstance(encoder, OpenClipEncoder) and list(encoder.replicas()) == [encoder]
    expected = encoder.encode_images(noise(5))
    encoder._gpu = encoder._tower()
    assert np.allclose(encoder.encode_images(noise(5)), expected, atol=1e-6)
    replicas = encoder.replicas()
    assert len(replicas) == LANES and replicas[0] is encoder
    assert {id(replica._gpu) for replica in replicas} == {id(encoder._gpu)}
    threads = EncoderThreads(replicas, 1)
    with threads.threads() as pool:
        for seed, found in enumerate(pool.map(threads.encode, [noise(5, seed=seed) for seed in range(6)])):
            assert np.allclose(found.vectors, encoder.encode_images(noise(5, seed=seed)), atol=1e-6)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("graphs", [False, True])
def test_on_a_gpu_many_threads_get_what_the_cpu_computes(graphs: bool) -> None:
    device, half = torch.device("cuda"), torch.float16
    exact = tower_of(random_model().encode_image)
    model = random_model().to(device, dtype=half)
    tower = CudaTower(model.encode_image, MEAN, STD, half, device, graphs=graphs)
    batches = [noise(64 if seed % 3 else 1 + seed, seed=seed) for seed in range(40)]
    with ThreadPoolExecutor(2 * LANES) as threads:
        for batch, found in zip(batches, threads.map(tower, batches), strict=True):
            assert (unit_rows(found) * unit_rows(exact(batch))).sum(axis=1).min() > 0.999
    assert tower._graphs == graphs  # they could be recorded
    assert all(lane.host.is_pinned() for lane in [tower._idle.get() for _ in range(LANES)] if lane.host is not None)
