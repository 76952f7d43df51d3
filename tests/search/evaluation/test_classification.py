"""How well a model classifies pictures whose classes are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import PictureError
from indexer.store.models import remember_temperature
from search.evaluation.classification import best_of, cosines, embed_truth, evaluate
from search.evaluation.truth import Truth, read_truth
from search.labels.classes import named_classes
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.labels.probabilities import probabilities
from search.library.library import Library
from search.texts.class_templates import TEMPLATE_SETS
from tests.conftest import MakePicture
from tests.fakes import Recorder


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
    scores = cosines(library, pictures, named_classes(names), "openai80")
    found = probabilities(scores, library.model.logit_scale, library.model.logit_bias)
    judge = Judge(library, make_recipe(reversed(names), templates=TEMPLATE_SETS["openai80"]))
    expected = dict(zip(judge.columns, judge.probabilities(pictures.vectors).T, strict=True))
    assert found.transpose() == pytest.approx(np.stack([expected[name.lower()] for name in names]))


def test_best_comes_first(library: Library, truth: Truth) -> None:
    pictures = embed_truth(library, truth, Recorder())
    good, bad = (
        evaluate(library, pictures, named_classes(truth.classes, overrides), ["openai80"])[0]
        for overrides in ([], ["red=blue", "blue=red"])
    )
    assert good.top1 > bad.top1
    assert [one is good for one in best_of([bad, good])] == [True, False]


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
