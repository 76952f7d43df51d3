"""A small model of open_clip with a cache folder of its own, for what is exported of a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from tests.indexer.models.tiny import local_dir


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone."""
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    return tmp_path / "own cache"


@pytest.fixture
def tiny(tmp_path: Path, own_cache: Path) -> Encoder:
    """The small model."""
    return load_encoder(f"local-dir:{local_dir(tmp_path / 'tiny')}", "cpu")
