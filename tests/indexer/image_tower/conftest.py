"""A small model of open_clip with a cache folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.models.preprocess import Pixels
from tests.indexer.image_tower.pictures import noise
from tests.indexer.models.tiny import local_dir


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone."""
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    return tmp_path / "own cache"


@pytest.fixture
def tiny(tmp_path: Path, own_cache: Path) -> Encoder:
    return load_encoder(f"local-dir:{local_dir(tmp_path / 'tiny')}", "cpu")


@pytest.fixture
def pixels(tiny: Encoder) -> Pixels:
    """Pictures for the small model."""
    return noise(5, tiny.preprocess.shape)
