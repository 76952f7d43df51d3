"""What can be asked, and the vector that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.errors import InvalidRequest, PictureError
from indexer.store.store import Store
from search.library.library import Library, open_library
from search.library.picture_vectors import known_ids, picture_vector
from search.query.terms import Query, Term, make_query, split_file_weight, split_weight
from search.query.vector import query_vector
from search.texts.prompts import Prompts
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder
from tests.indexer.video.test_moments import scene, write


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("stripes", ("stripes", 1.0)),
        ("grass:0.5", ("grass", 0.5)),
        ("grass:.5", ("grass", 0.5)),
        ("grass:100", ("grass", 100.0)),
        ("a text: with colon", ("a text: with colon", 1.0)),
        ("grass: 2", ("grass: 2", 1.0)),
        ("grass:2 ", ("grass:2 ", 1.0)),
        ("grass:1e3", ("grass:1e3", 1.0)),
        ("grass:2.", ("grass:2.", 1.0)),
        ("grass:\u0662", ("grass:\u0662", 1.0)),  # an Arabic digit
        ("ratio 16:9", ("ratio 16", 9.0)),
        ("ratio 16:9:1", ("ratio 16:9", 1.0)),
        ("a:b:2", ("a:b", 2.0)),
        ("two\nlines:2", ("two\nlines", 2.0)),
    ],
)
def test_a_final_number_is_the_weight(value: str, expected: tuple[str, float]) -> None:
    assert split_weight(value) == expected


@pytest.mark.parametrize(
    "value", ["grass:0", "grass:0.0", "grass:101", ":2", " :2", "grass:-1", "grass:+1", "grass:0,5"]
)
def test_what_looks_like_a_wrong_weight_is_refused_and_the_way_out_works(value: str) -> None:
    with pytest.raises(InvalidRequest) as told:
        split_weight(value)
    assert repr(f"{value}:1") in str(told.value)
    assert split_weight(f"{value}:1") == (value, 1.0)


def test_a_file_of_the_whole_name_wins_over_the_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert split_file_weight("beach.jpg:2") == ("beach.jpg", 2.0)
    (tmp_path / "beach.jpg").touch()
    assert split_file_weight("beach.jpg:2") == ("beach.jpg", 2.0)
    (tmp_path / "beach.jpg:2").touch()
    assert split_file_weight("beach.jpg:2") == ("beach.jpg:2", 1.0)
    assert split_file_weight("beach.jpg:2:0.5") == ("beach.jpg:2", 0.5)
    (tmp_path / "gone:3").symlink_to(tmp_path / "nowhere")
    assert split_file_weight("gone:3") == ("gone:3", 1.0)
    with pytest.raises(InvalidRequest):
        split_file_weight("\0:0")


@pytest.mark.parametrize("weight", [0, -1, 101, float("nan"), float("inf")])
def test_python_refuses_the_same_weights(weight: float) -> None:
    for items in ({"plus": [("grass", weight)]}, {"minus": [("grass", weight)]}, {"like": [("a.jpg", weight)]}):
        with pytest.raises(InvalidRequest):
            make_query("horse", **items)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="UTF-8"):
        make_query("caf\udce9")
    with pytest.raises(InvalidRequest, match="either"):
        Term("horse", Path("horse.jpg"))


def vector_of(query: Query, picture: Callable[[Path], FloatArray] | None = None) -> FloatArray:
    def none(path: Path) -> FloatArray:
        raise PictureError("no such file")

    return query_vector(query, ColourEncoder().encode_texts, picture or none)


def test_the_vector_is_the_unit_weighted_sum() -> None:
    both = vector_of(make_query("red", [("lime", 2.0)]))
    assert both.dtype == np.float32
    assert both == pytest.approx(np.array([1, 2, 0]) / np.sqrt(5), abs=1e-5)
    assert vector_of(make_query("yellow", minus=["lime"]))[1] < 0.01 + (1 / np.sqrt(2) - 1) / np.hypot(1, 1)
    blue = np.array([0, 0, 1], np.float32)
    mixed = vector_of(make_query("red", like=["x.jpg"], unlike=[("x.jpg", 0.5)]), lambda path: blue)
    assert mixed == pytest.approx(np.array([1, 0, 0.5]) / np.sqrt(1.25), abs=1e-5)


def test_prompts_are_averaged_and_embedded_in_one_call() -> None:
    calls: list[list[str]] = []

    def embed(texts: Sequence[str]) -> FloatArray:
        calls.append(list(texts))
        return ColourEncoder().encode_texts(texts)

    def prompts(text: str) -> Prompts:
        return Prompts((text, f"a photo of {text}", "blue"), (1.0, 1.0, 2.0))

    vector = query_vector(make_query("red", ["lime"]), embed, lambda path: np.zeros(3, np.float32), prompts)
    assert calls == [["red", "a photo of red", "blue", "lime", "a photo of lime"]]
    assert vector == pytest.approx(np.array([0.408, 0.408, 0.816]), abs=1e-3)


def test_terms_that_cancel_each_other_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="cancel"):
        vector_of(make_query("red", minus=["red"]))
    with pytest.raises(InvalidRequest, match="cancel"):
        vector_of(make_query("red", [("lime", 3.0)], minus=["red", ("lime", 3.0)]))
    assert vector_of(make_query("red", minus=[("red", 0.9)]))[0] > 0.99


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
            query_vector(make_query(like=[photos / name]), ColourEncoder().encode_texts, embed)
        assert str(photos / name) in str(told.value)
        assert told.value.exit_code == 1


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


# With the real built-in model on the sample images.


def found(sample_library: Path, query: Query, k: int = 35) -> list[str]:
    with open_library(sample_library, device="cpu") as library:
        vector = query_vector(query, library.embed, library.picture_vector)
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


def test_one_text_or_file_needs_no_list() -> None:
    asked = make_query("horse", plus="stripes", minus="grass", like=Path("beach.jpg"), unlike="people.jpg")
    assert asked == make_query("horse", ["stripes"], ["grass"], ["beach.jpg"], ["people.jpg"])


@pytest.mark.parametrize("item", [("grass", "0.5"), ["grass", 0.5], ("grass", 1.0, 2), 7, None])
def test_what_is_no_part_of_a_query(item: Any) -> None:
    with pytest.raises(InvalidRequest, match="pair of it and its weight"):
        make_query("horse", minus=[item])


def test_no_file_has_a_nul_in_its_name() -> None:
    with pytest.raises(InvalidRequest, match="NUL"):
        make_query(like="a\0.jpg")
