"""A small model for several tests."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from indexer.models import open_clip_encoder
from tests.indexer.models.tiny import local_dir

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch


@pytest.fixture(autouse=True)
def _fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare exactly, whatever this CPU can do."""
    monkeypatch.setattr(open_clip_encoder, "image_precision", lambda _: torch.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return local_dir(tmp_path / "tiny")
