"""A library without pictures, a truth of three colours, and models that can be loaded by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.models import loading as model_choice
from indexer.store.store import Store
from search.evaluation.truth import Truth, read_truth
from search.library.library import Library
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


@pytest.fixture
def truth(photos: Path, picture: MakePicture) -> Truth:
    """Eight pictures of three colours, one of them in the wrong folder."""
    for number in range(4):
        picture(f"red/{number}.png", f"rgb({255 - number}, 0, 0)")
    for number in range(2):
        picture(f"blue/{number}.png", f"rgb(0, 0, {255 - number})")
    picture("lime/0.png", "lime")
    picture("lime/wrong.png", "rgb(250, 10, 0)")
    return read_truth(photos, lambda problem: pytest.fail(str(problem)))


@pytest.fixture
def library(store: Store, encoder: ColourEncoder) -> Iterator[Library]:
    """A library without pictures."""
    yield Library.with_encoder(store, encoder)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, ColourEncoder]:
    """Models that can be loaded by name, and a count of what each encodes."""
    known = {name: ColourEncoder(name) for name in ("builtin", "ViT-B-32/openai")}
    monkeypatch.setattr(model_choice, "load_encoder", lambda name, *_: known[name])
    monkeypatch.setenv("CLIPSEARCH_MODEL", "builtin")
    return known


@pytest.fixture
def colours(photos: Path, picture: MakePicture) -> Path:
    """Three pictures of two classes, in a folder each."""
    for name, colour in (("red/a.png", "red"), ("red/deep/er/b.png", "red"), ("blue/c.png", "blue")):
        picture(name, colour)
    return photos
