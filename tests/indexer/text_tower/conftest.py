"""A small model and the built-in one, for several tests."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.text_tower.export import export_tower
from indexer.text_tower.tower import open_tower
from tests.indexer.models.tiny import local_dir

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone."""
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    return tmp_path / "own cache"


@pytest.fixture
def tiny(tmp_path: Path, own_cache: Path) -> Encoder:
    return load_encoder(f"local-dir:{local_dir(tmp_path / 'tiny')}", "cpu")


@pytest.fixture(scope="module")
def builtin(cache: Path) -> Encoder:
    """The built-in model, its text tower exported."""
    encoder = BuiltinEncoder(torch.device("cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        if open_tower(encoder.fingerprint) is None:
            export_tower(encoder)
    return encoder
