"""A small library of colours, whose model is a fake one, and a client of a server of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer.store.store import Store
from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder

HERE = "http://127.0.0.1:8765"


@pytest.fixture
def colours(
    photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the folder of a library of three pictures, whose model loads at once."""
    for name in ("red", "blue", "lime"):
        picture(f"{name}.png", name)
    folder = tmp_path / "colours"
    with Store.create(folder) as store:
        run(store, photos, encoder)
    monkeypatch.setattr("search.library.shared.loading.stored_encoder", lambda stored, device: encoder)
    return folder


@pytest.fixture
def served(colours: Path) -> Iterator[TestClient]:
    """Return a client of a server of that library."""
    with TestClient(make_app(OpenLibrary(colours)), base_url=HERE) as client:
        yield client
