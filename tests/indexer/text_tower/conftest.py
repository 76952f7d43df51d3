"""A small model and the built-in one, for several tests."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.encoder import Encoder
from indexer.text_tower.export import export_tower
from indexer.text_tower.tower import open_tower

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch


@pytest.fixture(scope="module")
def builtin(cache: Path) -> Encoder:
    """The built-in model, its text tower exported."""
    encoder = BuiltinEncoder(torch.device("cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        if open_tower(encoder.fingerprint) is None:
            export_tower(encoder)
    return encoder
