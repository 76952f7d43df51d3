"""Assistants that may change a library, and pictures of its own for those that link to them or index them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import clipsearch
from indexer.store.labels import label_sets, remove_set
from indexer.store.store import Store
from tests.conftest import SAMPLES
from tests.server.agent_tools.conftest import assistants, reader, writer

__all__ = ["assistants", "reader", "writer"]
CLASSES = ["cup=a cup|a mug", "car", "dog"]


@pytest.fixture(scope="session")
def read_samples(indexed_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample library once the model has read the words of these tests, which takes it seconds each time."""
    library = Path(shutil.copytree(indexed_samples, tmp_path_factory.mktemp("read") / "library"))
    with clipsearch.open(library) as opened:
        opened.query("a car")
        for words, multi in ((CLASSES, False), (CLASSES, True), (["tree", "house"], True), (["car", "tree"], False)):
            opened.label(words, multi=multi)
    with Store.open(library) as store:
        for label_set in label_sets(store):
            remove_set(store, label_set)
    return library


@pytest.fixture
def samples(read_samples: Path, tmp_path: Path) -> Path:
    """A copy of that, which a test may change."""
    return Path(shutil.copytree(read_samples, tmp_path / "library"))


@pytest.fixture
def own_photos(samples: Path, tmp_path: Path) -> Path:
    """Return the folder of the sample library's pictures, which are copies that a test may change and link to."""
    folder = tmp_path / "photos"
    shutil.copytree(SAMPLES, folder)
    with Store.open(samples) as store, store.writing():
        store.db.execute("UPDATE roots SET path = ?, path_bytes = NULL", [str(folder)])
    return folder
