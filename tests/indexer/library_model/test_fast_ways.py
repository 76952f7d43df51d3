"""Tests of indexer.library_model.fast_ways."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from indexer.library_model.fast_ways import gpu_seats
from indexer.models.cuda_tower import LANES


@pytest.mark.parametrize(
    ("cards", "devices", "seats"),
    [([], (), 0), (["/dev/nvidia0"], (), LANES), (["/dev/nvidia0", "/dev/nvidia1"], (), 2 * LANES)]
    + [([], (device,), LANES) for device in ("/dev/kfd", "/dev/dxg")],
)
def test_whether_there_may_be_gpus_is_known_without_torch(
    monkeypatch: pytest.MonkeyPatch, cards: list[str], devices: tuple[str, ...], seats: int
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "glob", lambda *_: map(Path, cards))
    monkeypatch.setattr(os.path, "exists", lambda path: path in devices)
    assert gpu_seats() == seats
