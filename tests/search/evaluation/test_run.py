"""One run of eval: several models, calibration, and what can't be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import InvalidRequest, LibraryMissing
from indexer.store.store import Store
from search.evaluation import run as measuring
from search.evaluation.run import EvalRequest, measure, reset_calibration
from search.evaluation.truth import Truth, read_captions, read_truth
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder, Recorder


def test_classes_that_cannot_be_told_apart_are_refused_before_any_work(
    models: dict[str, ColourEncoder], truth: Truth, tmp_path: Path
) -> None:
    asked = EvalRequest(tmp_path / "none", truth, overrides=("red=Blue",))
    with pytest.raises(InvalidRequest, match="the same prompt"):
        measure(asked, Recorder(), pytest.fail)
    assert models["builtin"].images_encoded == 0


def test_the_same_picture_in_two_classes_is_told(
    models: dict[str, ColourEncoder], photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    for number, name in enumerate(("red/0.png", "red/1.png", "blue/2.png")):
        picture(name, f"rgb({255 - number},{number},9)")
    for name in ("blue/copy.png", "red/copy.png"):
        (photos / name).write_bytes((photos / "red/0.png").read_bytes())
    told: list[str] = []
    truth, names = read_truth(photos, pytest.fail), ("builtin", "ViT-B-32/openai")
    measure(EvalRequest(tmp_path / "none", truth, models=names, templates=("simple",)), Recorder(), told.append)
    (line,) = [one for one in told if "two classes" in one]
    assert f"{photos / 'blue/copy.png'} and {photos / 'red/0.png'}, and 1 more." in line


def test_models_side_by_side(models: dict[str, ColourEncoder], truth: Truth, photos: Path, tmp_path: Path) -> None:
    with Store.create(tmp_path / "lib") as store:
        run(store, photos, models["builtin"])
    asked = EvalRequest(
        tmp_path / "lib", truth, models=("ViT-B-32/openai", "builtin", "builtin"), templates=("simple", "openai80")
    )
    report = measure(asked, Recorder(), pytest.fail)
    assert [(one.model, one.templates) for one in report.evaluations] == [
        (name, templates) for name in ("ViT-B-32/openai", "builtin") for templates in ("simple", "openai80")
    ]
    assert models["ViT-B-32/openai"].images_encoded == 8
    assert models["builtin"].images_encoded == 8, "by the index run alone"


def test_without_a_library(models: dict[str, ColourEncoder], truth: Truth, tmp_path: Path) -> None:
    report = measure(EvalRequest(tmp_path / "none", truth, templates=("simple",)), Recorder(), pytest.fail)
    assert report.evaluations[0].model == "builtin" and not (tmp_path / "none").exists()


def test_calibration_is_stored_and_taken_back(
    models: dict[str, ColourEncoder], photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    for number in range(30):
        for row, name in enumerate(("red", "lime")):
            colour = random.integers(0, 160, 3)
            colour[row] += 60
            picture(f"{name}/{number}.png", "rgb({},{},{})".format(*colour))
    with Store.create(tmp_path / "lib") as store:
        run(store, photos, models["builtin"])
    asked = EvalRequest(tmp_path / "lib", read_truth(photos, lambda _: None), templates=("simple",), calibrate=True)
    fitted = measure(asked, Recorder(), pytest.fail).calibration
    assert fitted is not None and fitted.temperature_before == 1.0 and fitted.pictures == 60
    assert fitted.loss_after < fitted.loss_before
    again = measure(asked, Recorder(), pytest.fail)
    assert again.evaluations[0].temperature == pytest.approx(fitted.temperature)
    assert again.calibration is not None
    assert again.calibration.temperature == pytest.approx(fitted.temperature), "fitted anew, not on top"
    assert reset_calibration(tmp_path / "lib") == ("builtin", pytest.approx(fitted.temperature))
    assert reset_calibration(tmp_path / "lib") == ("builtin", 1.0)


def test_calibration_needs_a_library_of_that_model(
    models: dict[str, ColourEncoder], truth: Truth, photos: Path, tmp_path: Path
) -> None:
    asked = EvalRequest(tmp_path / "lib", truth, templates=("simple",), calibrate=True)
    with pytest.raises(LibraryMissing):
        measure(asked, Recorder(), pytest.fail)
    with Store.create(tmp_path / "lib") as store:
        run(store, photos, models["builtin"])
    other = EvalRequest(tmp_path / "lib", truth, models=("builtin", "ViT-B-32/openai"), calibrate=True)
    with pytest.raises(InvalidRequest, match="own model is calibrated, builtin"):
        measure(other, Recorder(), pytest.fail)
    assert models["ViT-B-32/openai"].images_encoded == 0, "refused before any work"


def test_what_one_model_could_not_read_is_told_once(
    models: dict[str, ColourEncoder], truth: Truth, photos: Path, tmp_path: Path
) -> None:
    (photos / "red" / "bad.jpg").write_text("no picture")
    (photos / "captions.csv").write_text("path,caption\nred/0.png,red\nred/bad.jpg,red\nblue/0.png,blue\n")
    listener = Recorder()
    asked = EvalRequest(
        tmp_path / "none",
        read_truth(photos, lambda _: None),
        read_captions(photos / "captions.csv", lambda _: None),
        models=tuple(models),
        templates=("simple",),
    )
    report = measure(asked, listener, pytest.fail)
    assert (len(report.evaluations), len(report.retrievals), report.unread) == (2, 2, 2)
    assert [problem.path.name for problem in listener.problems] == ["bad.jpg", "bad.jpg"], "of classes, of captions"
    assert measuring.EvalReport().unread == 0
