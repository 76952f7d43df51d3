"""A small model of open_clip whose image side is exported, with a cache folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.image_tower.export import export_tower
from indexer.image_tower.tower import About
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.models.preprocess import Pixels
from tests.indexer.image_tower.pictures import noise
from tests.indexer.models.tiny import local_dir


@pytest.fixture
def name(tmp_path: Path) -> str:
    """The name of a small model."""
    return f"local-dir:{local_dir(tmp_path / 'tiny')}"


@pytest.fixture
def tiny(name: str, own_cache: Path) -> Encoder:
    return load_encoder(name, "cpu")


@pytest.fixture
def pixels(tiny: Encoder) -> Pixels:
    """Pictures for the small model."""
    return noise(80, tiny.preprocess.shape)


@pytest.fixture
def about(tiny: Encoder, pixels: Pixels) -> About:
    """What was exported of the small model."""
    return export_tower(tiny, pixels[:4])
