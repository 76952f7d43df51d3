"""The sections of benchmarks/gpu.py, each of which runs in a process of its own.

A section measures and adds rows; each of its parts is guarded, so that one that fails costs one row.
"""

from __future__ import annotations

import copy
import itertools
import platform
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.gpu_material import (
    COMPARED,
    Memory,
    Rows,
    Setting,
    compared_pixels,
    cosines,
    make_model,
    make_pictures,
    normaliser,
    rate_of,
    reference,
)
from indexer.arrays import FloatArray
from indexer.models.preprocess import Pixels, Preprocess

TOWER_TARGET = 5000  # pictures/s of ViT-B-32-256: twice clip-retrieval's 2,500 on an A100
SHARE_TARGET = 0.8  # of the slower stage, end to end
FASTEST = "fp16, channels_last, eager"  # what the product runs
DECODED_AT_ONCE = 32  # 12 MP pictures: 1.2 GB on the GPU


def prepare(setting: Setting, rows: Rows) -> None:
    """Say what machine this is, and make the pictures and the models."""
    rows.guarded("machine", lambda: rows.add("machine", machine=machine(setting)))
    started = time.perf_counter()
    make_pictures(setting)
    size = sum(path.stat().st_size for path in setting.paths()) / max(1, len(setting.paths()))
    note = f"{len(setting.paths())} pictures of {size / 1e6:.1f} MB in {time.perf_counter() - started:.0f} s"
    rows.add("pictures made", note=note)
    for name in rows.model.split(","):
        rows.guarded(f"making {name}", lambda name=name: make_model(setting, name))  # type: ignore[misc]


def machine(setting: Setting) -> str:
    """Return the names of card, libraries and cores."""
    import torch
    import torchvision

    from indexer.models.device import cores

    card = torch.cuda.get_device_name() if setting.device == "cuda" else "no GPU"
    versions = f"torch {torch.__version__}, CUDA {torch.version.cuda}, torchvision {torchvision.__version__}"
    return f"{card}; {cores()} cores ({platform.machine()}); Python {platform.python_version()}, {versions}"


# -- the tower alone --------------------------------------------------------------------------------------------


def tower(setting: Setting, rows: Rows) -> None:
    """Measure the image tower on pictures that are on the device already, normalising included."""
    import torch

    visual = loaded_visual(setting, rows.model)
    side, fp16, bf16 = _side(visual), torch.float16, torch.bfloat16

    def part(what: str, measure: Callable[..., None], dtype: Any, layout: Any, *batch: int) -> None:
        made = lambda: variant(setting, visual, dtype, layout)  # noqa: E731
        rows.guarded(what, lambda: measure(setting, rows, what, made(), side, *batch))

    last, first = torch.channels_last, torch.contiguous_format
    part(FASTEST, _measure, fp16, last)
    part("bf16, channels_last, eager", _measure, bf16, last)
    part("fp16, contiguous, eager", _measure, fp16, first)
    part("bf16, contiguous, eager", _measure, bf16, first)
    part("fp16, channels_last, CUDA graph", _graph, fp16, last)
    part("bf16, channels_last, CUDA graph", _graph, bf16, last)
    for batch in (max(COMPARED, setting.batch // 4), setting.batch * 4):
        part(f"{FASTEST}, batches of {batch}", _measure, fp16, last, batch)


def compiled(setting: Setting, rows: Rows) -> None:
    """Measure the tower compiled, which takes a minute or more."""
    import torch

    visual = loaded_visual(setting, rows.model)

    def part(what: str, mode: str) -> None:
        how: dict[str, Any] = {"mode": mode} if setting.device == "cuda" else {"backend": "eager"}
        fast = torch.compile(variant(setting, visual, torch.float16), dynamic=False, **how)
        started = time.perf_counter()
        _step(fast, noise(setting, setting.batch, visual))()
        note = f"compiled in {time.perf_counter() - started:.0f} s"
        _measure(setting, rows, what, fast, _side(visual), note=note)

    for mode in ("default", "max-autotune-no-cudagraphs"):
        what = f"fp16, channels_last, torch.compile ({mode})"
        rows.guarded(what, lambda: part(what, mode))  # noqa: B023


def loaded_visual(setting: Setting, name: str) -> Any:
    """Return a model's image tower in fp32 on the CPU, as clipsearch loads it."""
    from indexer.models.names import parse_model_name
    from indexer.models.open_clip_loading import load_model

    model, _ = load_model(parse_model_name(setting.model(name)))
    return model.visual.eval().requires_grad_(False)


def variant(setting: Setting, visual: Any, dtype: Any, layout: Any = None) -> Callable[[Any], Any]:
    """Return a function from uint8 pixels on the device to features, in a precision and a memory layout."""
    import torch

    layout = layout or torch.channels_last
    moved = copy.deepcopy(visual).to(setting.device, dtype=dtype).to(memory_format=layout)

    normalised = normaliser(setting.device)

    def run(pixels: Any) -> Any:
        return moved(normalised(pixels).to(dtype, memory_format=layout))

    return run


def _measure(
    setting: Setting,
    rows: Rows,
    what: str,
    run: Callable[[Any], Any],
    side: int,
    batch: int | None = None,
    **rest: Any,
) -> None:
    """Add a row with the rate of a tower, its cosines and memory."""
    import torch

    count = batch or setting.batch
    pixels = torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, device=setting.device)
    with Memory() as memory, torch.inference_mode():
        rate = rate_of(_step(run, pixels), count, setting.seconds, _finish(setting))
        # They stand among others: what is compiled is compiled for one size.
        pixels[:COMPARED] = torch.from_numpy(compared_pixels(setting, Preprocess(side, side))).to(setting.device)
        found = run(pixels)[:COMPARED].float().cpu().numpy()
    target = _target(rate, TOWER_TARGET) if rows.model == "ViT-B-32-256" and batch is None else ""
    rows.add(what, rate, target=target, **cosines(found, reference(setting, rows.model)), **memory.row(), **rest)


def _graph(setting: Setting, rows: Rows, what: str, run: Callable[[Any], Any], side: int) -> None:
    """Add a row for a tower that is recorded once and replayed."""
    import torch

    pixels = torch.randint(0, 256, (setting.batch, side, side, 3), dtype=torch.uint8, device=setting.device)
    with Memory() as memory, torch.inference_mode():
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                run(pixels)
        stream.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            features = run(pixels)
        rate = rate_of(graph.replay, setting.batch, setting.seconds, _finish(setting))
        pixels[:COMPARED] = torch.from_numpy(compared_pixels(setting, Preprocess(side, side))).to(setting.device)
        graph.replay()
        found = features[:COMPARED].float().cpu().numpy()
    target = _target(rate, TOWER_TARGET) if rows.model == "ViT-B-32-256" else ""
    rows.add(what, rate, target=target, **cosines(found, reference(setting, rows.model)), **memory.row())


def _step(run: Callable[[Any], Any], pixels: Any) -> Callable[[], Any]:
    """Return one step of a tower on the same pixels."""
    import torch

    def step() -> None:
        with torch.inference_mode():
            run(pixels)

    return step


def _finish(setting: Setting) -> Callable[[], Any]:
    """Return what waits for the device."""
    import torch

    return torch.cuda.synchronize if setting.device == "cuda" else lambda: None


# -- through clipsearch -----------------------------------------------------------------------------------------


def pipeline(setting: Setting, rows: Rows) -> None:
    """Measure clipsearch's encoder from memory, its decoders, and both in its pipeline from the files."""
    from indexer.engine.encoder_threads import EncoderThreads
    from indexer.models.device import cores
    from indexer.models.loading import load_encoder

    encoder = load_encoder(setting.model(rows.model), setting.device)
    batch = np.random.default_rng(0).integers(0, 256, (setting.batch, *encoder.preprocess.shape), dtype=np.uint8)

    def one_thread() -> None:
        with Memory() as memory:
            rate = rate_of(lambda: encoder.encode_images(batch), setting.batch, setting.seconds, lambda: None)
        found = encoder.encode_images(compared_pixels(setting, encoder.preprocess))
        close = cosines(found, reference(setting, rows.model))
        rows.add("encode_images, one thread", rate, **close, **memory.row())

    def in_flight() -> None:
        threads = EncoderThreads(encoder.replicas(), cores())
        with Memory() as memory:
            rate = rate_in_flight(threads, batch, setting.seconds)
        alone = rate_before(rows, FASTEST)
        note = f"{threads.count} batches in flight"
        rows.add("encode_images, as the engine calls it", rate, share=alone and rate / alone, note=note, **memory.row())

    rows.guarded("encode_images, one thread", one_thread)
    rows.guarded("encode_images, as the engine calls it", in_flight)
    if setting.device == "cuda":
        rows.guarded("encode_images, CUDA graphs", lambda: _with_graphs(setting, rows, encoder, batch))
    rows.guarded("decoding alone (CPU)", lambda: _decoding(setting, rows, encoder.preprocess))
    rows.guarded("end to end (CPU decoding)", lambda: _end_to_end(setting, rows, encoder))


def _with_graphs(setting: Setting, rows: Rows, encoder: Any, batch: Pixels) -> None:
    """Add a row for the encoder with its full batches recorded as graphs."""
    from indexer.engine.encoder_threads import EncoderThreads
    from indexer.models.cuda_tower import CudaTower
    from indexer.models.device import cores

    twin = copy.copy(encoder)
    model = encoder._model
    twin._gpu = CudaTower(model.encode_image, *encoder._normalisation, encoder._dtype, encoder._device, graphs=True)
    with Memory() as memory:
        rate = rate_in_flight(EncoderThreads(twin.replicas(), cores()), batch, setting.seconds)
    mixed = batch.copy()
    mixed[:COMPARED] = compared_pixels(setting, encoder.preprocess)
    close = cosines(twin.encode_images(mixed)[:COMPARED], reference(setting, rows.model))
    note = "" if twin._gpu._graphs else "could not be recorded, so it ran without"
    rows.add("encode_images, CUDA graphs", rate, note=note, **close, **memory.row())


def rate_in_flight(threads: Any, batch: Pixels, seconds: float) -> float:
    """Return the pictures per second of an EncoderThreads that always has a batch for each of its encoders."""
    with threads.threads() as pool:
        for future in [pool.submit(threads.encode, batch) for _ in range(3 * threads.count)]:
            future.result()
        waiting = deque(pool.submit(threads.encode, batch) for _ in range(threads.count + 1))
        done, started = 0, time.perf_counter()
        while done < 4 or time.perf_counter() - started < seconds:
            waiting.popleft().result()
            waiting.append(pool.submit(threads.encode, batch))
            done += 1
        rate = done * len(batch) / (time.perf_counter() - started)
        for future in waiting:
            future.result()
    return rate


def _jobs(setting: Setting, passes: int) -> Iterator[Any]:
    """Yield the engine's jobs for all pictures, several times."""
    from indexer.engine.job import Job
    from indexer.files.found import FoundFile
    from indexer.store.roots import Root

    root = Root(1, setting.work / "pictures", None)
    for _ in range(passes):
        for path in setting.paths():
            status = path.stat()
            yield Job(root, FoundFile(path.name, status.st_size, status.st_mtime_ns))


def _pool(setting: Setting, preprocess: Preprocess) -> AbstractContextManager[Any]:
    """Return decoders as indexing/encoding.py starts them."""
    from indexer.engine.pool import open_pool
    from indexer.models.device import cores

    workers = max(1, min(32, cores() - (setting.device == "cuda")))
    return open_pool(workers, 2 * setting.batch // workers + 2, preprocess)


def _decoding(setting: Setting, rows: Rows, preprocess: Preprocess) -> None:
    """Add a row for the decoders alone: files in, pixels out."""
    from indexer.engine.job import Decoded

    with Memory() as memory, _pool(setting, preprocess) as pool:
        rate = steady_rate(
            _released(answer) for answer in pool.decode(_jobs(setting, 1)) if isinstance(answer, Decoded)
        )
    rows.add("decoding alone (CPU)", rate, **memory.row())


def _released(answer: Any) -> int:
    answer.release()
    return 1


def _end_to_end(setting: Setting, rows: Rows, encoder: Any) -> None:
    """Add a row for clipsearch's own pipeline, from the files to the embeddings."""
    from indexer.engine.encoder_threads import EncoderThreads
    from indexer.engine.pipeline import Pipeline
    from indexer.models.device import cores

    vectors: dict[str, FloatArray] = {}
    failures: list[Any] = []

    def counts(encoded: Any) -> Iterator[int]:
        for files in encoded:
            vectors.update((file.frame.file.path, file.moments[0].vector) for file in files)
            yield len(files)

    with Memory() as memory, _pool(setting, encoder.preprocess) as pool:
        threads = EncoderThreads(encoder.replicas(), cores())
        line = Pipeline(pool, threads, setting.batch, lambda _: (), failures.append)
        rate = steady_rate(counts(line.run(_jobs(setting, 1 if setting.tiny else 2))))
    found = np.stack([vectors[path.name] for path in setting.paths()[:COMPARED]])
    parts = [rows.rates.get(part) for part in ("decoding alone (CPU)", "encode_images, as the engine calls it")]
    note = f"waits for {line.load.bottleneck()}" + (f"; {len(failures)} failed" if failures else "")
    close = cosines(found, reference(setting, rows.model))
    rows.add("end to end (CPU decoding)", rate, **_share(rate, parts), note=note, **close, **memory.row())


def steady_rate(counts: Iterator[int]) -> float:
    """Return what comes per second once the first tenth is there, so without starting up."""
    moments = [(count, time.perf_counter()) for count in counts]
    totals = np.cumsum([count for count, _ in moments])
    first = min(int(np.searchsorted(totals, totals[-1] / 10)), len(moments) - 2)
    if first < 0:
        raise ValueError("too few pictures for a rate")
    return float((totals[-1] - totals[first]) / (moments[-1][1] - moments[first][1]))


# -- decoding on the GPU ----------------------------------------------------------------------------------------


def gpu_decoding(setting: Setting, rows: Rows) -> None:
    """Measure nvJPEG alone, and with the tower, both on one GPU (on a CPU torchvision's own decoder stands for it)."""
    import torch

    from benchmarks.nvjpeg import pixels

    device = torch.device(setting.device)
    visual = loaded_visual(setting, rows.model)
    run = variant(setting, visual, torch.float16 if device.type == "cuda" else torch.float32)
    side = _side(visual)
    size = min(DECODED_AT_ONCE, setting.batch)
    paths = setting.paths()[: 8 * size if setting.tiny else 24 * DECODED_AT_ONCE]
    parts = [paths[start : start + size] for start in range(0, len(paths), size)]

    def decode(part: list[Path]) -> Any:
        return pixels(part, side, device)

    def decoders() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(2, initializer=_use_own_stream, initargs=(device,))

    def alone() -> None:
        with Memory() as memory, decoders() as threads:
            rate = steady_rate(len(batch) for batch in threads.map(decode, parts))
        rows.add("decoding and scaling alone (nvJPEG)", rate, note=_all_gpu_memory(setting), **memory.row())

    def both() -> None:
        with torch.inference_mode():
            batch = noise(setting, setting.batch, visual)
            encoding = rate_of(_step(run, batch), setting.batch, setting.seconds, _finish(setting))
            features: list[Any] = []
            with Memory() as memory, decoders() as threads:
                rate = steady_rate(_encoded(threads.map(decode, parts), run, setting.batch, features))
        found = torch.cat(features)[:COMPARED].float().cpu().numpy()
        close = cosines(found, reference(setting, rows.model))
        bounds = [rows.rates.get("decoding and scaling alone (nvJPEG)"), encoding]
        rows.add("end to end (nvJPEG)", rate, **_share(rate, bounds), **close, **memory.row())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's decoders are deprecated
        rows.guarded("first call (nvJPEG)", lambda: len(decode(parts[0])))
        rows.guarded("decoding and scaling alone (nvJPEG)", alone)
        rows.guarded("end to end (nvJPEG)", both)


def _encoded(decoded: Iterator[Any], run: Callable[[Any], Any], size: int, features: list[Any]) -> Iterator[int]:
    """Gather decoded parts into batches, encode these, and yield how many pictures each had once it is done."""
    import torch

    waiting: list[Any] = []
    for part in itertools.chain(decoded, [None]):
        if part is not None:
            waiting.append(part)
        if waiting and (part is None or sum(map(len, waiting)) >= size):
            features.append(run(torch.cat(waiting)).cpu())  # waits, so what was decoded is free for its own stream
            waiting = []
            yield len(features[-1])


def _use_own_stream(device: Any) -> None:
    """Give this thread a stream: one for all its batches, since the allocator keeps memory for each stream."""
    import torch

    if device.type == "cuda":
        torch.cuda.set_stream(torch.cuda.Stream(device))


def _all_gpu_memory(setting: Setting) -> str:
    """Say how much of the card is in use, with what nvJPEG takes by itself."""
    import torch

    if setting.device != "cuda":
        return ""
    free, total = torch.cuda.mem_get_info()
    return f"{(total - free) / 2**20:.0f} MiB of the card in use"


# -- memory that runs out ---------------------------------------------------------------------------------------


class Watched:
    """An encoder that writes down how many pictures it got, and refuses more than `most`, if that is given."""

    def __init__(self, encoder: Any, most: int | None = None) -> None:
        self._encoder, self._most = encoder, most
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_images(self, batch: Pixels) -> FloatArray:
        self.sizes.append(len(batch))
        if self._most is not None and len(batch) > self._most:
            raise RuntimeError("out of memory, as on a GPU")
        rows: FloatArray = self._encoder.encode_images(batch)
        return rows


def halving(setting: Setting, rows: Rows) -> None:
    """Check that a batch that does not fit into the GPU's memory is encoded in smaller parts, with the same result."""
    rows.guarded("a batch that does not fit", lambda: _halving(setting, rows))


def _halving(setting: Setting, rows: Rows) -> None:
    from indexer.engine.encoder_threads import EncoderThreads
    from indexer.models.loading import load_encoder

    encoder = load_encoder(setting.model(rows.model), setting.device)
    batch = np.random.default_rng(0).integers(0, 256, (setting.batch, *encoder.preprocess.shape), dtype=np.uint8)
    watched = Watched(encoder, None if setting.device == "cuda" else setting.batch // 2)
    expected = np.concatenate([encoder.encode_images(part) for part in np.split(batch, 2)])
    limit = _limited(encoder, batch) if setting.device == "cuda" else "by a fake error"
    found = EncoderThreads([watched], 1).encode(batch).vectors
    again = EncoderThreads([watched], 1).encode(batch[: setting.batch // 4]).vectors
    least = float((found * expected).sum(axis=1).min())
    if len(watched.sizes) < 3 or least < 0.999 or len(again) != setting.batch // 4:
        raise AssertionError(f"parts of {watched.sizes}, least cosine {least:.5f}")
    rows.add("a batch that does not fit", cosine=least, note=f"limited {limit}; tried parts of {watched.sizes[:-1]}")


def _limited(encoder: Any, batch: Pixels) -> str:
    """Let this process have too little of the GPU's memory for a batch, and say how much."""
    import torch

    encoder.encode_images(batch)
    torch.cuda.empty_cache()
    resting = torch.cuda.memory_reserved()
    torch.cuda.reset_peak_memory_stats()
    encoder.encode_images(batch)
    most = torch.cuda.max_memory_reserved()
    torch.cuda.empty_cache()
    limit = resting + int(0.6 * (most - resting))
    torch.cuda.set_per_process_memory_fraction(limit / torch.cuda.get_device_properties(0).total_memory)
    return f"to {limit / 2**20:.0f} MiB of the {most / 2**20:.0f} that it takes"


# -- small things -----------------------------------------------------------------------------------------------


def noise(setting: Setting, count: int, visual: Any) -> Any:
    """Return random pixels on the device."""
    import torch

    side = _side(visual)
    return torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, device=setting.device)


def rate_before(rows: Rows, what: str) -> float | None:
    """Return the rate of a row of an earlier section for the same model."""
    import json

    for line in rows.file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if (row["model"], row["what"]) == (rows.model, what) and row.get("rate"):
            return float(row["rate"])
    return None


def _share(rate: float, stages: list[float | None]) -> dict[str, Any]:
    """Return the share of the slower stage's rate, with the target; nothing if a stage has no rate."""
    known = [stage for stage in stages if stage]
    if len(known) < len(stages):
        return {}
    share = rate / min(known)
    return {"share": share, "target": f">= {SHARE_TARGET}: {'met' if share >= SHARE_TARGET else 'missed'}"}


def _target(rate: float, target: int) -> str:
    return f">= {target:,}: {'met' if rate >= target else 'missed'}"


def _side(visual: Any) -> int:
    size = visual.image_size
    return int(size if isinstance(size, int) else size[0])


def _name(dtype: Any) -> str:
    return {"torch.float16": "fp16", "torch.bfloat16": "bf16"}[str(dtype)]


SECTIONS: dict[str, Callable[[Setting, Rows], None]] = {
    "prepare": prepare,
    "tower": tower,
    "pipeline": pipeline,
    "gpu decoding": gpu_decoding,
    "halving": halving,
    "compiled": compiled,
}
