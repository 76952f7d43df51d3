"""Tests of indexer.library_model.stored_judging."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.image_tower.export import export_tower
from indexer.indexing.run import index
from indexer.library_model import stored_judging
from indexer.library_model.judging import JUDGED
from indexer.library_model.stored_judging import judge_stored
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from indexer.store.models import int8_verdict, models, remember_int8
from indexer.store.store import Store
from tests.fakes import Recorder

MANY = 2 * JUDGED


@pytest.fixture
def large(store: Store, photos: Path, tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A library that is large enough, encoded by the model itself."""
    monkeypatch.setattr(stored_judging, "LEAST", MANY)
    random = np.random.default_rng(5)
    for number in range(MANY):
        pixels = np.clip(random.normal(random.integers(0, 256, 3), 50, (24, 32, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(photos / f"{number}.png")
    index(store, [photos], lambda: tiny, Recorder(), workers=0)
    return store


def test_it_is_judged_on_what_is_stored(large: Store, tiny: Encoder, pixels: Pixels) -> None:
    judge_stored(large, lambda: False)
    assert models(large)[0].int8 is None, "nothing is exported yet"
    export_tower(tiny, pixels[:4])
    judge_stored(large, lambda: True)
    assert models(large)[0].int8 is None, "told to stop"
    judge_stored(large, lambda: False)
    verdict = int8_verdict(large, models(large)[0])
    assert verdict is not None and verdict["pictures"] == JUDGED and verdict["least_cosine"] > 0.9
    assert verdict["taken"] == (verdict["least_cosine"] >= 0.995 and verdict["overlap"] >= 0.97)


def test_what_is_decided_stays(large: Store, tiny: Encoder, pixels: Pixels) -> None:
    export_tower(tiny, pixels[:4])
    remember_int8(large, models(large)[0], {"taken": False})
    judge_stored(large, lambda: False)
    assert int8_verdict(large, models(large)[0]) == {"taken": False}


def test_pictures_that_are_gone_are_passed_over(large: Store, photos: Path, tiny: Encoder, pixels: Pixels) -> None:
    export_tower(tiny, pixels[:4])
    files = sorted(photos.iterdir(), key=lambda path: int(path.stem))
    for path in files[:JUDGED:2]:
        path.unlink()
    judge_stored(large, lambda: False)
    assert models(large)[0].int8 is not None
    with large.writing():
        large.db.execute("UPDATE models SET int8 = NULL")
    for path in files[1 : JUDGED + 40]:
        path.unlink(missing_ok=True)
    judge_stored(large, lambda: False)
    assert models(large)[0].int8 is None, "too few are left"


def test_a_small_library_is_left_open(store: Store, photos: Path, tiny: Encoder, pixels: Pixels) -> None:
    export_tower(tiny, pixels[:4])
    Image.new("RGB", (32, 24), "red").save(photos / "red.png")
    index(store, [photos], lambda: tiny, Recorder(), workers=0)
    judge_stored(store, lambda: False)
    assert models(store)[0].int8 is None
