"""Tests of search.library.hits: what a hit tells besides its score."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.store import Store
from search.library.hits import camera, hits_of
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        (None, "X100", "X100"),
        ("Leica", None, "Leica"),
        (None, None, None),
    ],
)
def test_a_camera_names_its_make_once(make: str | None, model: str | None, name: str | None) -> None:
    assert camera(make, model) == name


def test_hits_tell_what_the_library_knows(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder
) -> None:
    path = picture("a/red.png", "red", (20, 12))
    run(store, photos, encoder)
    image = store.db.execute("SELECT id FROM images").fetchone()[0]
    (hit,) = hits_of(store, [(image + 1, 0.9), (image, 0.5)])
    assert (hit.path, hit.score, hit.id, hit.at) == (path, 0.5, image, None)
    assert (hit.format, hit.size, hit.width, hit.height) == ("PNG", path.stat().st_size, 20, 12)


def test_a_score_is_a_cosine_although_embeddings_of_16_bits_are_not_quite_one_long(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder
) -> None:
    picture("red.png", "red")
    run(store, photos, encoder)
    image = store.db.execute("SELECT id FROM images").fetchone()[0]
    scores = [hit.score for score in (1.00006, -1.00006, 0.5, None) for hit in hits_of(store, [(image, score)])]
    assert scores == [1.0, -1.0, 0.5, None]
