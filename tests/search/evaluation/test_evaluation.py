"""Tests of search.evaluation.evaluation, class_vectors, picture_embeddings and measuring, with the fake model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.arrays import unit_rows
from indexer.errors import InvalidRequest, LibraryMissing, PictureError
from indexer.models import loading as model_choice
from indexer.store.store import Store
from search.evaluation import run as measuring
from search.evaluation.calibration import model_probabilities, remember_temperature
from search.evaluation.evaluation import best_of, cosines, embed_truth, evaluate, evaluate_retrieval
from search.evaluation.pictures import embed_pictures
from search.evaluation.run import Request, measure, reset_calibration
from search.evaluation.truth import Truth, read_captions, read_truth
from search.labels.class_vectors import class_vectors
from search.labels.classes import named_classes
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from search.texts.template_sets import TEMPLATE_SETS
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder, Recorder


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


def test_an_evaluation_by_hand(library: Library, truth: Truth) -> None:
    pictures = embed_truth(library, truth, Recorder())
    (found,) = evaluate(library, pictures, named_classes(truth.classes), ["simple"])
    assert (found.model, found.templates, found.classes) == ("colour", "simple", ("blue", "lime", "red"))
    assert found.confusion.tolist() == [[2, 0, 0], [0, 1, 1], [0, 0, 4]]
    assert found.top1 == 7 / 8 and found.top5 is None and found.pictures == 8
    assert found.per_class.precision.tolist() == [1.0, 1.0, 0.8]
    assert found.per_class.recall.tolist() == [1.0, 0.5, 1.0]
    assert found.macro_f1 == pytest.approx((1 + 2 / 3 + 8 / 9) / 3)
    sure = 1 / (1 + 2 * np.exp(-10))  # softmax(10 * cosine) of cosines 1, 0, 0
    assert found.calibration_error == pytest.approx(sure - 7 / 8, abs=1e-3)
    assert found.loss > 1


def test_top_5_where_there_are_more_classes(library: Library, photos: Path, picture: MakePicture) -> None:
    colours = ("red", "lime", "blue", "yellow", "cyan", "magenta")
    for colour in colours:
        picture(f"{colour}/a.png", colour)
    picture("lime/wrong.png", "red")  # lime is the last of six, then
    truth = read_truth(photos, lambda _: None)
    (found,) = evaluate(library, embed_truth(library, truth, Recorder()), named_classes(truth.classes), ["simple"])
    assert found.top1 == 6 / 7 and found.top5 == 6 / 7


def test_the_temperature_of_the_library_is_used(library: Library, truth: Truth) -> None:
    pictures = embed_truth(library, truth, Recorder())
    classes = named_classes(truth.classes)
    remember_temperature(library.store, library.model, 5.0)
    (found,) = evaluate(library, pictures, classes, ["simple"])
    assert found.temperature == 5.0 and found.top1 == 7 / 8
    sure = 1 / (1 + 2 * np.exp(-2))
    assert found.calibration_error == pytest.approx(7 / 8 - sure, abs=2e-3)


@pytest.mark.parametrize("names", [["Other", "blue", "red"], ["not red", "red"], ["blue", "not red", "red"]])
def test_what_is_no_class_is_judged_as_labels_are(library: Library, truth: Truth, names: list[str]) -> None:
    pictures = embed_truth(library, truth, Recorder())
    found = model_probabilities(cosines(library, pictures, named_classes(names), "openai80"), library.model, 1.0)
    judge = Judge(library, make_recipe(reversed(names), templates=TEMPLATE_SETS["openai80"]))
    expected = dict(zip(judge.columns, judge.probabilities(pictures.vectors).T, strict=True))
    assert found.transpose() == pytest.approx(np.stack([expected[name.lower()] for name in names]))


def test_classes_that_cannot_be_told_apart_are_refused_before_any_work(
    models: dict[str, ColourEncoder], truth: Truth, tmp_path: Path
) -> None:
    asked = Request(tmp_path / "none", truth, overrides=("red=Blue",))
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
    measure(Request(tmp_path / "none", truth, models=names, templates=("simple",)), Recorder(), told.append)
    (line,) = [one for one in told if "two classes" in one]
    assert f"{photos / 'blue/copy.png'} and {photos / 'red/0.png'}, and 1 more." in line


def test_best_comes_first(library: Library, truth: Truth) -> None:
    pictures = embed_truth(library, truth, Recorder())
    good, bad = (
        evaluate(library, pictures, named_classes(truth.classes, overrides), ["openai80"])[0]
        for overrides in ([], ["red=blue", "blue=red"])
    )
    assert good.top1 > bad.top1
    assert [one is good for one in best_of([bad, good])] == [True, False]


def test_class_vectors_are_the_normalised_mean_over_prompts_and_templates(
    library: Library, encoder: ColourEncoder
) -> None:
    classes = named_classes(["mine", "red"], ["mine=blue|lime|blue"])
    found = class_vectors(library, classes, ["{}", "my {}"])
    mean = encoder.encode_texts(["blue", "my blue", "lime", "my lime"]).mean(axis=0, keepdims=True)
    assert found[0] == pytest.approx(unit_rows(mean)[0], abs=1e-6)
    assert found[1] == pytest.approx([1, 0, 0], abs=1e-4)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1])


def test_many_classes_are_embedded_in_blocks(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"rgb({number},9,9)" for number in range(10)]
    whole = class_vectors(library, named_classes(names), ["{}", "a {}"])
    monkeypatch.setattr("search.labels.class_vectors.TEXTS_AT_ONCE", 6)
    assert class_vectors(library, named_classes(names), ["{}", "a {}"]) == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("written", ["red", "red=", "=blue", "red=|", ""])
def test_an_override_without_a_prompt(written: str) -> None:
    with pytest.raises(InvalidRequest, match="NAME=PROMPT"):
        named_classes(["red"], [written])


def test_an_override_is_written_as_the_classes_of_label_are() -> None:
    names = ["a=b", "cafe\u0301", "red"]  # as macOS names a folder "café"
    classes = named_classes(names, [r"a\=b=x \| y|z", "caf\u00e9=bar", "red=one", "red=two"])
    assert [one.name for one in classes] == names
    assert [one.prompts for one in classes] == [("x | y", "z"), ("bar",), ("one", "two")]
    assert named_classes(names)[1].prompts == ("caf\u00e9",), "embedded as the model was trained"


def test_an_override_of_no_class() -> None:
    with pytest.raises(InvalidRequest, match="no class 'grey' here; the classes are red, blue"):
        named_classes(["red", "blue"], ["grey=black"])


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


def test_a_picture_that_cannot_be_read_is_left_out_and_told(library: Library, truth: Truth, photos: Path) -> None:
    (photos / "red" / "bad.jpg").write_text("no picture")
    listener = Recorder()
    pictures = embed_truth(library, read_truth(photos, lambda _: None), listener)
    assert pictures.unread == 1 and len(pictures.truth.paths) == len(pictures.vectors) == 8
    assert [problem.path.name for problem in listener.problems] == ["bad.jpg"]
    assert listener.totals == [9] and sum(listener.done) == 9


def test_nothing_can_be_read(library: Library, photos: Path) -> None:
    for name in ("a", "b"):
        (photos / name).mkdir()
        (photos / name / "bad.jpg").write_text("no picture")
    with pytest.raises(PictureError, match="None of the pictures can be read"):
        embed_truth(library, read_truth(photos, lambda _: None), Recorder())


def test_ctrl_c_ends_it(library: Library, truth: Truth) -> None:
    with pytest.raises(KeyboardInterrupt):
        embed_pictures(library, truth.paths, Recorder(stop_after=1))


def test_retrieval(library: Library, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    for colour in ("red", "lime", "blue"):
        picture(f"{colour}.png", colour)
    (photos / "bad.jpg").write_text("no picture")
    file = photos / "captions.csv"
    file.write_text("path,caption\nred.png,it is red\nlime.png,it is lime\nblue.png,rather red\nbad.jpg,it is gold\n")
    found, kept = evaluate_retrieval(library, read_captions(file, lambda _: None), Recorder())
    assert len(kept.paths) == 3 and found.pictures.queries == 3
    assert found.pictures.recall[1] == pytest.approx(2 / 3) and found.pictures.recall[5] == 1.0
    assert found.pictures.median_rank == 1.0


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, ColourEncoder]:
    """Models that can be loaded by name, and a count of what each encodes."""
    known = {name: ColourEncoder(name) for name in ("builtin", "ViT-B-32/openai")}
    monkeypatch.setattr(model_choice, "load_encoder", lambda name, device="auto": known[name])
    monkeypatch.setenv("CLIPSEARCH_MODEL", "builtin")
    return known


def test_models_side_by_side(models: dict[str, ColourEncoder], truth: Truth, photos: Path, tmp_path: Path) -> None:
    with Store.create(tmp_path / "lib") as store:
        run(store, photos, models["builtin"])
    asked = Request(
        tmp_path / "lib", truth, models=("ViT-B-32/openai", "builtin", "builtin"), templates=("simple", "openai80")
    )
    report = measure(asked, Recorder(), pytest.fail)
    assert [(one.model, one.templates) for one in report.evaluations] == [
        (name, templates) for name in ("ViT-B-32/openai", "builtin") for templates in ("simple", "openai80")
    ]
    assert models["ViT-B-32/openai"].images_encoded == 8
    assert models["builtin"].images_encoded == 8, "by the index run alone"


def test_without_a_library(models: dict[str, ColourEncoder], truth: Truth, tmp_path: Path) -> None:
    report = measure(Request(tmp_path / "none", truth, templates=("simple",)), Recorder(), pytest.fail)
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
    asked = Request(tmp_path / "lib", read_truth(photos, lambda _: None), templates=("simple",), calibrate=True)
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
    asked = Request(tmp_path / "lib", truth, templates=("simple",), calibrate=True)
    with pytest.raises(LibraryMissing):
        measure(asked, Recorder(), pytest.fail)
    with Store.create(tmp_path / "lib") as store:
        run(store, photos, models["builtin"])
    other = Request(tmp_path / "lib", truth, models=("builtin", "ViT-B-32/openai"), calibrate=True)
    with pytest.raises(InvalidRequest, match="own model is calibrated, builtin"):
        measure(other, Recorder(), pytest.fail)
    assert models["ViT-B-32/openai"].images_encoded == 0, "refused before any work"


def test_what_one_model_could_not_read_is_told_once(
    models: dict[str, ColourEncoder], truth: Truth, photos: Path, tmp_path: Path
) -> None:
    (photos / "red" / "bad.jpg").write_text("no picture")
    (photos / "captions.csv").write_text("path,caption\nred/0.png,red\nred/bad.jpg,red\nblue/0.png,blue\n")
    listener = Recorder()
    asked = Request(
        tmp_path / "none",
        read_truth(photos, lambda _: None),
        read_captions(photos / "captions.csv", lambda _: None),
        models=tuple(models),
        templates=("simple",),
    )
    report = measure(asked, listener, pytest.fail)
    assert (len(report.evaluations), len(report.retrievals), report.unread) == (2, 2, 2)
    assert [problem.path.name for problem in listener.problems] == ["bad.jpg", "bad.jpg"], "of classes, of captions"
    assert measuring.Report().unread == 0
