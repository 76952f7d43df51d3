"""Assistants that may change a library, and pictures of its own for those that link to them or index them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.conftest import SAMPLES
from tests.server.agent_tools.conftest import assistants, reader, writer

__all__ = ["assistants", "reader", "writer"]


@pytest.fixture
def own_photos(samples: Path, tmp_path: Path) -> Path:
    """Return the folder of the sample library's pictures, which are copies that a test may change and link to."""
    folder = tmp_path / "photos"
    shutil.copytree(SAMPLES, folder)
    with Store.open(samples) as store, store.writing():
        store.db.execute("UPDATE roots SET path = ?, path_bytes = NULL", [str(folder)])
    return folder
