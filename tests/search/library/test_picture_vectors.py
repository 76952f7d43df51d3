"""The embedding of a picture or video, from the library or made now."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.errors import PictureError
from indexer.store.store import Store
from search.library.library import Library
from search.library.picture_vectors import known_ids, picture_vector
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.indexer.video.writing import scene, write


def test_a_bad_picture_is_told_before_the_model_is_loaded(store: Store, photos: Path) -> None:
    (photos / "notes.jpg").write_text("no picture")
    for name in ("notes.jpg", "none.mp4", "none.jpg"):
        with pytest.raises(PictureError):
            picture_vector(store, photos / name, lambda image: pytest.fail(), lambda: pytest.fail())


def test_a_known_picture_is_not_encoded_again_unless_it_changed(store: Store, picture: MakePicture) -> None:
    path = picture("red.png", "red")
    encoder = ColourEncoder()
    run(store, path.parent, encoder)
    library = Library.with_encoder(store, encoder)

    def vector() -> FloatArray:
        return picture_vector(store, path, library.index.vector, lambda: encoder)

    before = encoder.images_encoded
    assert vector() == pytest.approx(np.array([1, 0, 0]), abs=1e-2)
    assert encoder.images_encoded == before
    picture("red.png", "blue", (20, 20))
    assert known_ids(store, path) == []
    assert vector() == pytest.approx(np.array([0, 0, 1]), abs=1e-2)
    assert encoder.images_encoded == before + 1


def test_a_video_is_the_mean_of_its_moments_in_the_library_or_not(store: Store, photos: Path, tmp_path: Path) -> None:
    video = write(photos / "clip.mp4", [*scene((200, 0, 0), 3), *scene((0, 0, 200), 3)])
    encoder = ColourEncoder()
    elsewhere = picture_vector(store, video, lambda image: pytest.fail(), lambda: encoder)
    assert elsewhere[0] == pytest.approx(elsewhere[2], abs=0.05)
    assert elsewhere[1] < 0.2
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    assert len(known_ids(store, video)) == 2
    known = picture_vector(store, video, library.index.vector, lambda: pytest.fail())
    assert known == pytest.approx(elsewhere, abs=1e-2)
