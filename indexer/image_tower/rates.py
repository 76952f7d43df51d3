"""How fast each way to encode pictures is on this machine: measured once, when nothing else of ours is running."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.files.whole import written_whole
from indexer.image_tower.export import example_pixels
from indexer.image_tower.packed_way import open_packed
from indexer.image_tower.tower import (
    ABOUT,
    AT_ONCE,
    PACKED_INT8,
    About,
    close_towers,
    open_tower,
    tower_folder,
    write_about,
)

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder
    from indexer.models.preprocess import Pixels

FEW = ("fp32", "int8")  # the exports: they take few at a time
ROUNDS = 2  # of which the fastest counts: other programs only make it slower


def measure_rates(encoder: Encoder, about: About) -> About:
    """Measure a model and its exports, write that to the facts of the exports, and return these.

    A model on a GPU is not measured, as the CPU may have to do another time.
    """
    many = example_pixels(encoder.preprocess.shape, encoder.batch_size)  # with half of them torch is half as fast
    ways: dict[str, Callable[[Pixels], FloatArray]] = {}
    if encoder.device == "cpu":
        ways["model"] = encoder.encode_images
    for precision in FEW:
        tower = open_tower(about, precision, many=True) if precision in about.least_cosines else None
        if tower is not None:
            ways[precision] = tower.encode_images
    if PACKED_INT8 in about.sizes:
        ways[PACKED_INT8] = open_packed(about, PACKED_INT8).encode_images
    few = many[:AT_ONCE]
    rates = {name: round(rate(way, few if name in FEW else many), 2) for name, way in ways.items()}
    measured = dataclasses.replace(about, rates=rates)
    folder = tower_folder(about.fingerprint)
    with contextlib.suppress(OSError), written_whole(folder / ABOUT) as part:
        write_about(part, measured)
    close_towers()
    return measured


def rate(encode: Callable[[Pixels], FloatArray], pictures: Pixels) -> float:
    """Return how many pictures a second are encoded after a first call, which may set up."""
    encode(pictures)
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        encode(pictures)
        seconds.append(time.perf_counter() - started)
    return len(pictures) / max(1e-9, min(seconds))
