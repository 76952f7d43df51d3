"""Tests of indexer.image_tower.rates."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.image_tower.export import export_tower
from indexer.image_tower.prepare import measure_export
from indexer.image_tower.rates import measure_rates, rate
from indexer.image_tower.tower import PACKED_INT8, find_tower, open_tower, tower_folder
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels


def test_each_way_is_measured_and_kept(tiny: Encoder, pixels: Pixels) -> None:
    about = export_tower(tiny, pixels)
    measured = measure_rates(tiny, about)
    packed = {PACKED_INT8} & set(about.sizes)  # where this machine's processor multiplies 8 bits fast enough
    assert set(measured.rates) == {"model", "fp32", "int8"} | packed
    assert all(value > 0 for value in measured.rates.values())
    assert find_tower(tiny.fingerprint) == measured
    assert open_tower(measured, "fp32") is not None
    assert not [file.name for file in tower_folder(tiny.fingerprint).iterdir() if file.suffix == ".part"]


def test_nothing_is_measured_without_an_export(tiny: Encoder) -> None:
    measure_export(tiny)
    assert find_tower(tiny.fingerprint) is None


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


def test_the_fastest_round_counts(pixels: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, takes = Clock(), iter([0.01, 0.3, 0.02])
    monkeypatch.setattr("indexer.image_tower.rates.time", clock)

    def encode(batch: Pixels) -> FloatArray:
        clock.now += next(takes)
        return np.zeros((len(batch), 1), np.float32)

    assert rate(encode, pixels) == pytest.approx(5 / 0.02)
