"""A served library: the sample pictures with the built-in model, once for all tests, and a client that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search.places.gazetteer import open_gazetteer
from server.opened.open_library import OpenLibrary
from server.running.app import make_app


@pytest.fixture(scope="session", autouse=True)
def _names_of_places(cache: Path) -> None:
    """Make the names of places, which a server does not wait for, before the first test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        open_gazetteer()


@pytest.fixture
def samples(indexed_samples: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample library that a test may change."""
    return Path(shutil.copytree(indexed_samples, tmp_path / "library"))


@pytest.fixture
def client(samples: Path) -> Iterator[TestClient]:
    """Return a client of a server of the sample library, as a browser on this machine would ask."""
    with TestClient(make_app(OpenLibrary(samples)), base_url="http://127.0.0.1:8765") as asking:
        yield asking
