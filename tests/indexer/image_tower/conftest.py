"""A small model of open_clip with a cache folder of its own."""

from __future__ import annotations

import pytest

from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from tests.indexer.image_tower.pictures import noise


@pytest.fixture
def pixels(tiny: Encoder) -> Pixels:
    """Pictures for the small model."""
    return noise(5, tiny.preprocess.shape)
