"""What this machine's cores could do at best: cores / (decode + encode), from parts that are measured alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.daily.figures import Figures
from benchmarks.daily.processes import CORES, fresh
from indexer.models.encoder import Encoder

SAMPLED = 40  # pictures decoded
BATCHES = 8  # encoded


def measure_bound(figures: Figures, model: str, photos: Sequence[Path]) -> None:
    """Add the parts, and the rate that they allow."""
    decoding, encoding, by_wall = fresh(alone, model, photos[:SAMPLED])
    figures.add("decode, core-s", decoding)
    figures.add("encode, core-s", encoding)
    figures.add("encode, wall x cores, s", by_wall)
    figures.add("bound", CORES / (decoding + encoding))


def alone(model: str, paths: Sequence[Path]) -> tuple[float, float, float]:
    """Return core-seconds a picture, nothing else going on: to decode; to encode, as CPU time and as wall x cores."""
    import torch

    from indexer.models.loading import load_encoder

    encoder = load_encoder(model, "cpu")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pixels = [decode_for(encoder, path) for path in (paths[0], paths[-1])]  # and whatever the first call loads
    started = time.process_time()
    for path in paths:
        decode_for(encoder, path)
    decoding = (time.process_time() - started) / len(paths)
    torch.set_num_threads(threads)
    batch = np.stack([pixels[number % 2] for number in range(encoder.batch_size)])
    cpu, wall = [], []
    for _ in range(BATCHES + 1):
        started, started_wall = time.process_time(), time.perf_counter()
        encoder.encode_images(batch)
        cpu.append((time.process_time() - started) / len(batch))
        wall.append((time.perf_counter() - started_wall) * CORES / len(batch))
    return decoding, statistics.median(cpu[1:]), statistics.median(wall[1:])


def decode_for(encoder: Encoder, path: Path) -> Any:
    """Do what indexing does with one file before it is encoded."""
    from indexer.decoding.decode import open_picture

    return encoder.preprocess(open_picture(path, encoder.preprocess.smallest).image)
