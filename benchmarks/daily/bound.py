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


def measure_bound(figures: Figures, library: Path, photos: Sequence[Path]) -> None:
    """Add the parts, and the rate that they allow."""
    decoding, encoding, by_wall = fresh(alone, library, photos[:SAMPLED])
    figures.add("decode, core-s", decoding)
    figures.add("encode, core-s", encoding)
    figures.add("encode, wall x cores, s", by_wall)
    figures.add("bound", CORES / (decoding + encoding))


def alone(library: Path, paths: Sequence[Path]) -> tuple[float, float, float]:
    """Return core-seconds a picture, nothing else going on: to decode; to encode, as CPU time and as wall x cores.

    Of the ways to encode the cheapest one counts: the model itself, or its exports in the library's precision.
    """
    import torch

    from indexer.library_model.loading import load_stored, stored_encoder
    from indexer.models.agreement import agree
    from indexer.store.models import active_model
    from indexer.store.store import Store

    with Store.open(library) as store:
        stored = active_model(store)
        assert stored is not None
        agree(stored.name)  # the library was made with a folder of its own for what is trusted
        full, ready = load_stored(stored, "cpu"), stored_encoder(stored, "cpu")
    ready.expect(len(paths))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pixels = [decode_for(full, path) for path in (paths[0], paths[-1])]  # and whatever the first call loads
    started = time.process_time()
    for path in paths:
        decode_for(full, path)
    decoding = (time.process_time() - started) / len(paths)
    torch.set_num_threads(threads)
    batch = np.stack([pixels[number % 2] for number in range(full.batch_size)])
    return decoding, *min(encoding(full, batch), encoding(ready, batch))


def encoding(encoder: Encoder, batch: Any) -> tuple[float, float]:
    """Return the medians of CPU seconds, and of wall seconds x cores, that a picture of a batch takes."""
    cpu, wall = [], []
    for _ in range(BATCHES + 1):
        started, started_wall = time.process_time(), time.perf_counter()
        encoder.encode_images(batch)
        cpu.append((time.process_time() - started) / len(batch))
        wall.append((time.perf_counter() - started_wall) * CORES / len(batch))
    return statistics.median(cpu[1:]), statistics.median(wall[1:])


def decode_for(encoder: Encoder, path: Path) -> Any:
    """Do what indexing does with one file before it is encoded."""
    from indexer.decoding.decode import open_picture

    return encoder.preprocess(open_picture(path, encoder.preprocess.smallest).image)
