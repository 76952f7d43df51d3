"""Tests of search.training.image_encoder and .picture_rows, in scikit-learn's own hands."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

import clipsearch
import search.training.picture_rows as picture_rows
from clipsearch import ImageEncoder, InvalidRequest, PictureError
from indexer.models import loading
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder

COLOURS = ("red", "blue", "maroon", "navy", "crimson", "darkblue", "firebrick", "mediumblue")


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch, encoder: ColourEncoder) -> None:
    monkeypatch.setattr(loading, "load_encoder", lambda *_: encoder)


@pytest.fixture
def paths(picture: MakePicture) -> list[str]:
    """Pictures that are red and blue in turn."""
    return [str(picture(f"{number}.png", colour)) for number, colour in enumerate(COLOURS)]


def test_pictures_of_every_kind_have_the_same_row(picture: MakePicture) -> None:
    path = picture("red.png", "red")
    image = Image.open(path)
    rgb = np.asarray(image.convert("RGB"))
    kinds: list[Any] = [path, str(path), image, image.convert("RGBA"), rgb, rgb / 255.0, np.dstack([rgb, rgb[:, :, 0]])]
    rows = ImageEncoder().transform(kinds)
    assert (rows.shape, rows.dtype) == ((len(kinds), 3), np.float32)
    assert np.allclose(rows, [[1, 0, 0]], atol=1e-4) and np.allclose(np.linalg.norm(rows, axis=1), 1)
    stacked = ImageEncoder().transform(np.stack([rgb, rgb]))
    assert np.allclose(stacked, rows[:2])
    assert np.allclose(ImageEncoder().transform(np.array([[str(path)]])), rows[:1]), "a table of one column"
    assert ImageEncoder().transform([]).shape == (0, 3)
    grey = ImageEncoder().transform([rgb[:, :, 0], rgb[:, :, :1]])
    assert np.allclose(grey, 1 / np.sqrt(3), atol=1e-3)


def test_an_image_is_turned_upright_as_its_file_would_be(tmp_path: Path, encoder: ColourEncoder) -> None:
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=exif)
    seen: list[np.ndarray[Any, Any]] = []
    encode = encoder.encode_images
    encoder.encode_images = lambda batch: (seen.append(batch), encode(batch))[1]  # type: ignore[method-assign, func-returns-value]
    ImageEncoder().transform([tmp_path / "turned.png", Image.open(tmp_path / "turned.png")])
    assert np.array_equal(seen[0][0], seen[0][1])


@pytest.mark.parametrize(
    "bad", [["x.png", 3], [None], "x.png", b"x.png", 3, [np.zeros((2, 2, 7))], [np.zeros(3)], ["a\0b.png"], [""]]
)
def test_what_is_no_picture_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidRequest):
        ImageEncoder().transform(bad)
    with pytest.raises(InvalidRequest, match="one column"):
        ImageEncoder().transform(np.array([["a.png", "b.png"]]))


def test_a_home_that_nobody_has_is_a_file_that_is_not_there() -> None:
    with pytest.raises(PictureError, match=r"^~nobody-has-this-name/a\.png: "):
        ImageEncoder().transform(["~nobody-has-this-name/a.png"])


@pytest.mark.parametrize(
    "parameters", [{"model": 3}, {"device": None}, {"batch_size": 0}, {"batch_size": "8"}, {"unreadable": "skip"}]
)
def test_parameters_that_make_no_sense_are_told_when_they_are_used(parameters: dict[str, Any]) -> None:
    encoder = ImageEncoder(**parameters)
    with pytest.raises(InvalidRequest):
        encoder.fit()
    with pytest.raises(InvalidRequest):
        encoder.transform([])


@pytest.mark.parametrize("few", [0, 32], ids=["with the engine", "in this process"])
def test_files_that_cannot_be_read(few: int, paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_rows, "FEW", few)
    (tmp_path / "bad.png").write_bytes(b"no picture")
    bad = [tmp_path / "bad.png", tmp_path / "gone.png", tmp_path]
    with pytest.raises(PictureError, match=r"bad\.png: not a picture"):
        ImageEncoder().transform([*paths, *bad])
    rows = ImageEncoder(unreadable="nan").transform([paths[0], *bad, paths[1], paths[0]])
    assert np.isnan(rows[1:4]).all() and np.allclose(rows[[0, 4]], np.eye(3)[[0, 2]], atol=1e-4)
    assert np.array_equal(rows[0], rows[5])


def test_many_files_go_through_the_engine_in_their_order(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_rows, "FEW", 3)
    calls: list[int] = []
    real = picture_rows.moments_unstored
    monkeypatch.setattr(picture_rows, "moments_unstored", lambda *given: (calls.append(len(given[3])), real(*given))[1])
    rows = ImageEncoder().transform([*paths, *reversed(paths)])
    assert calls == [len(paths)], "each file once"
    assert np.array_equal(rows[: len(paths)], rows[: len(paths) - 1 : -1])
    assert (rows[: len(paths), 0] > rows[: len(paths), 2]).tolist() == [True, False] * 4


def test_a_batch_has_the_size_that_was_asked_for(paths: list[str], encoder: ColourEncoder) -> None:
    sizes: list[int] = []
    encode = encoder.encode_images
    encoder.encode_images = lambda batch: (sizes.append(len(batch)), encode(batch))[1]  # type: ignore[method-assign, func-returns-value]
    ImageEncoder(batch_size=3).transform(paths)
    assert sizes == [3, 3, 2]


def test_clone_pickle_and_joblib_have_the_parameters_alone(paths: list[str], tmp_path: Path) -> None:
    encoder = ImageEncoder(model="builtin", batch_size=5)
    rows = encoder.transform(paths)
    copies = [clone(encoder), pickle.loads(pickle.dumps(encoder))]
    joblib.dump(encoder, tmp_path / "encoder.joblib")
    copies.append(joblib.load(tmp_path / "encoder.joblib"))
    for copy in copies:
        assert copy.get_params() == encoder.get_params() and not hasattr(copy, "_loaded")
        assert np.array_equal(copy.transform(paths), rows)
    check_is_fitted(encoder)
    assert repr(encoder) == "ImageEncoder(model='builtin', device='auto', batch_size=5, unreadable='raise')"


def test_parameters_are_set_as_scikit_learn_does(encoder: ColourEncoder) -> None:
    pipeline = make_pipeline(ImageEncoder(), LogisticRegression())
    pipeline.set_params(imageencoder__unreadable="nan", imageencoder__batch_size=2)
    assert pipeline.named_steps["imageencoder"].get_params()["batch_size"] == 2
    with pytest.raises(ValueError, match="nonsense"):
        ImageEncoder().set_params(nonsense=1)
    assert ImageEncoder().get_feature_names_out().tolist() == ["imageencoder0", "imageencoder1", "imageencoder2"]


def test_a_pipeline_learns_and_is_cross_validated(paths: list[str]) -> None:
    y = ["red", "blue"] * 4
    pipeline = Pipeline([("clip", ImageEncoder()), ("lr", LogisticRegression(C=100.0))])
    assert list(pipeline.fit(paths, y).predict(paths)) == y
    assert list(pickle.loads(pickle.dumps(pipeline)).predict(paths)) == y
    assert cross_val_score(pipeline, np.array(paths), y, cv=2).mean() == 1.0
    assert cross_val_score(pipeline, paths, y, cv=2, error_score="raise").mean() == 1.0
    assert "ImageEncoder" in repr(pipeline) and pipeline[:-1].get_feature_names_out().tolist()[0] == "imageencoder0"


def test_checks_of_scikit_learn_that_are_about_any_estimator() -> None:
    from sklearn.utils import estimator_checks as checks

    for check in (
        checks.check_no_attributes_set_in_init,
        checks.check_parameters_default_constructible,
        checks.check_get_params_invariance,
        checks.check_set_params,
        checks.check_estimator_cloneable,
        checks.check_estimator_repr,
        checks.check_valid_tag_types,
        checks.check_mixin_order,
    ):
        check("ImageEncoder", ImageEncoder())


def test_the_name_is_public_and_costs_nothing() -> None:
    assert clipsearch.ImageEncoder is ImageEncoder and "ImageEncoder" in clipsearch.__all__
