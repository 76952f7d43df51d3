"""The vector that a query is searched with, also by the real built-in model on the sample images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest, PictureError
from indexer.store.store import Store
from search.library.library import Library, open_library
from search.library.picture_vectors import picture_vector
from search.query.terms import Query, make_query
from search.query.vector import weighted_sum
from search.texts.prompts import Prompts
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder


def vector(query: Query, picture: Callable[[Path], FloatArray] | None = None) -> FloatArray:
    def none(path: Path) -> FloatArray:
        raise PictureError("no such file")

    return weighted_sum(query, ColourEncoder().encode_texts, picture or none)


def test_the_vector_is_the_unit_weighted_sum() -> None:
    both = vector(make_query("red", [("lime", 2.0)]))
    assert both.dtype == np.float32
    assert both == pytest.approx(np.array([1, 2, 0]) / np.sqrt(5), abs=1e-5)
    assert vector(make_query("yellow", minus=["lime"]))[1] < 0.01 + (1 / np.sqrt(2) - 1) / np.hypot(1, 1)
    blue = np.array([0, 0, 1], np.float32)
    mixed = vector(make_query("red", like=["x.jpg"], unlike=[("x.jpg", 0.5)]), lambda path: blue)
    assert mixed == pytest.approx(np.array([1, 0, 0.5]) / np.sqrt(1.25), abs=1e-5)


def test_prompts_are_averaged_and_embedded_in_one_call() -> None:
    calls: list[list[str]] = []

    def embed(texts: Sequence[str]) -> FloatArray:
        calls.append(list(texts))
        return ColourEncoder().encode_texts(texts)

    def prompts(text: str) -> Prompts:
        return Prompts((text, f"a photo of {text}", "blue"), (1.0, 1.0, 2.0))

    vector = weighted_sum(make_query("red", ["lime"]), embed, lambda path: np.zeros(3, np.float32), prompts)
    assert calls == [["red", "a photo of red", "blue", "lime", "a photo of lime"]]
    assert vector == pytest.approx(np.array([0.408, 0.408, 0.816]), abs=1e-3)


def test_terms_that_cancel_each_other_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="cancel"):
        vector(make_query("red", minus=["red"]))
    with pytest.raises(InvalidRequest, match="cancel"):
        vector(make_query("red", [("lime", 3.0)], minus=["red", ("lime", 3.0)]))
    assert vector(make_query("red", minus=[("red", 0.9)]))[0] > 0.99


def test_a_bad_picture_is_one_sentence_that_names_it(store: Store, picture: MakePicture, photos: Path) -> None:
    run(store, picture("red.png", "red").parent, ColourEncoder())
    library = Library.with_encoder(store, ColourEncoder())
    (photos / "notes.jpg").write_text("no picture")

    def embed(path: Path) -> FloatArray:
        return picture_vector(store, path, library.index.vector, ColourEncoder)

    for name, reason in (
        ("none.jpg", "no such file"),
        ("notes.jpg", "not a picture"),
        ("", "a folder"),
        ("v.mp4", "no such file"),
    ):
        with pytest.raises(PictureError, match=reason) as told:
            weighted_sum(make_query(like=[photos / name]), ColourEncoder().encode_texts, embed)
        assert str(photos / name) in str(told.value)
        assert told.value.exit_code == 1


def found(sample_library: Path, query: Query, k: int = 35) -> list[str]:
    with open_library(sample_library, device="cpu") as library:
        vector = weighted_sum(query, library.embed, library.picture_vector)
        from search.library.hits import hits_of

        return [hit.path.name for hit in hits_of(library.store, library.index.search(vector, k))]


def test_like_a_car_finds_cars(sample_library: Path) -> None:
    names = found(sample_library, make_query(like=[SAMPLES / "car-red.jpg"]))
    assert names[0] == "car-red.jpg"
    assert set(names[:4]) == {"car-red.jpg", "car-blue.jpg", "car-jeep.jpg", "car-taxi.jpg"}


def test_a_picture_from_elsewhere_finds_its_like(sample_library: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.jpg").write_bytes((SAMPLES / "guitar.jpg").read_bytes())
    assert found(sample_library, make_query(like=[tmp_path / "copy.jpg"]))[0] == "guitar.jpg"


def test_minus_puts_bananas_lower(sample_library: Path) -> None:
    plain = found(sample_library, make_query("fruit"))
    without = found(sample_library, make_query("fruit", minus=[("banana", 0.8)]))
    assert without.index("bananas.jpg") > plain.index("bananas.jpg") + 3
    assert {"oranges.jpg", "lemons.webp"} & set(without[:4])


def test_plus_and_like_and_text_together(sample_library: Path) -> None:
    both = found(sample_library, make_query("coffee", ["sports"]))[:8]
    assert set(both) & {"espresso.jpg", "cup-white.jpg", "mug-blue.png"}
    assert set(both) & {"soccer-ball.jpg", "dumbbell.jpg"}
    mixed = found(sample_library, make_query("pizza", like=[SAMPLES / "car-red.jpg"]))
    assert {"pizza.heic", "car-red.jpg"} <= set(mixed[:5])
