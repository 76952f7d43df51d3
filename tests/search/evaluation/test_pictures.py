"""The embeddings of pictures, from the library or made now."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.store import Store
from search.evaluation.pictures import embed_pictures
from search.evaluation.truth import Truth
from search.library.library import Library
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder, Recorder


def test_pictures_in_the_library_are_not_encoded_again(
    store: Store, encoder: ColourEncoder, truth: Truth, photos: Path, picture: MakePicture
) -> None:
    run(store, photos, encoder)
    with Library(store) as library:
        library._encoder = encoder
        before = encoder.images_encoded
        assert before == 8
        copy = photos.parent / "copy.png"
        copy.write_bytes(truth.paths[0].read_bytes())
        vectors, read = embed_pictures(library, [*truth.paths, copy], Recorder())
        assert encoder.images_encoded == before, "neither known pictures nor a copy of one"
        assert read.all() and (vectors[-1] == vectors[0]).all()
        picture("red/0.png", "white", (20, 20))
        changed, _ = embed_pictures(library, truth.paths, Recorder())
        assert encoder.images_encoded == before + 1
        place = [path.name for path in truth.paths if path.parent.name == "red"].index("0.png")
        assert changed[[path.parent.name for path in truth.paths].index("red") + place] == pytest.approx(
            [3**-0.5] * 3, abs=1e-3
        )


def test_pictures_known_need_no_model(store: Store, encoder: ColourEncoder, truth: Truth, photos: Path) -> None:
    run(store, photos, encoder)
    listener = Recorder()
    vectors, read = embed_pictures(Library(store), truth.paths, listener)
    assert read.all() and listener.totals == [] and vectors.shape == (8, 3)


def test_ctrl_c_ends_it(library: Library, truth: Truth) -> None:
    with pytest.raises(KeyboardInterrupt):
        embed_pictures(library, truth.paths, Recorder(stop_after=1))
