"""Tests of search.library.picture_vectors through a library; query/test_terms.py has videos and bad files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import PictureError
from search.library.library import Library
from search.library.picture_vectors import known_ids
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


def test_a_picture_of_the_library_has_its_stored_vector(library: Library, photos: Path) -> None:
    path = photos / "a" / "red.png"
    (image,) = known_ids(library.store, path)
    assert np.allclose(library.picture_vector(path), library.index.vector(image), atol=1e-6)
    assert np.linalg.norm(library.picture_vector(path)) == pytest.approx(1.0)


def test_one_from_elsewhere_or_changed_is_encoded(
    library: Library, encoder: ColourEncoder, photos: Path, picture: MakePicture
) -> None:
    new, changed = picture("new.png", "blue"), picture("a/red.png", "lime")
    assert known_ids(library.store, new) == known_ids(library.store, changed) == []
    assert np.allclose(library.picture_vector(new), library.picture_vector(photos / "a" / "blue.png"), atol=1e-3)
    assert np.allclose(library.picture_vector(changed), library.picture_vector(photos / "b" / "lime.png"), atol=1e-3)
    with pytest.raises(PictureError, match="no such file"):
        library.picture_vector(photos / "gone.png")


def test_one_that_is_not_embedded_yet_is_encoded(library: Library, photos: Path) -> None:
    path = photos / "a" / "red.png"
    before = library.picture_vector(path)
    library.store.db.execute("DELETE FROM embeddings WHERE image = ?", known_ids(library.store, path))
    assert np.allclose(library.picture_vector(path), before, atol=1e-3)
