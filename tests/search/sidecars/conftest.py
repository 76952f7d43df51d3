"""Fixtures: a library with labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.exporting import labelled_library


@pytest.fixture
def library(store: Store, photos: Path) -> Path:
    """A library with a cup, a car and something else."""
    return labelled_library(store, photos)
