"""Probabilities and labels of pictures, by softmax and sigmoid models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import (
    label_sets,
)
from indexer.store.models import remember_temperature
from indexer.store.store import Store
from search.labels.classes import NamedClass
from search.labels.judge import Judge
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.labels.colours import best


def test_below_its_threshold_a_picture_is_other(library: Library) -> None:
    done = label_library(library, make_recipe(["red", "blue"], other=False, threshold=0.9))
    assert best(done) == {"red.png": "red", "blue.png": "blue", "lime.png": "other"}
    (lime,) = [one for one in done.pictures() if one.best == "other"]
    assert lime.probability == pytest.approx(0.5, abs=1e-3), "that the best class is wrong"
    assert done.counts == {"red": 1, "blue": 1, "other": 1}
    own = make_recipe([NamedClass("red", ("red",), threshold=0.99999999), "blue"], other=False)
    assert (
        best(label_library(library, own))["red.png"] == "other"
        and best(label_library(library, own))["blue.png"] == "blue"
    )


def test_sigmoid_models_judge_each_class_alone(store: Store, picture: MakePicture, photos: Path) -> None:
    encoder = ColourEncoder("siglip", logit_bias=-5.0)
    picture("red.png", "red")
    picture("pink.png", "rgb(255,0,255)")
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    pink, red = label_library(library, make_recipe(["red", "blue"], other=False)).pictures()
    assert red.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10.0 - 5.0))), abs=1e-3)
    assert red.probabilities["blue"] == pytest.approx(1 / (1 + np.exp(5.0)), abs=1e-3)
    several = label_library(library, make_recipe(["red", "blue", "lime"], multi=True, threshold=0.8)).pictures()
    assert [{name for name, _ in one.labels} for one in several] == [{"red", "blue"}, {"red"}]
    assert pink.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10 * 2**-0.5 - 5.0))), abs=1e-2)
    remember_temperature(store, library.model, 2.0)
    cooled = list(label_library(library, make_recipe(["red", "blue"], other=False)).pictures())[1]
    assert cooled.probabilities["red"] == pytest.approx(1 / (1 + np.exp(-(10.0 - 5.0) / 2)), abs=1e-3)


def test_one_class_alone_is_refused(library: Library) -> None:
    with pytest.raises(InvalidRequest, match="One class alone"):
        label_library(library, make_recipe(["red"], other=False))
    assert not label_sets(library.store)


def test_the_judge_of_a_negative_class_models_the_rest(library: Library) -> None:
    judge = Judge(library, make_recipe(["red", "not red", "blue"]))
    assert judge.columns == ("red", "not red", "blue")
    found = judge.probabilities(np.eye(3, dtype=np.float32))
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5) and found[0, 0] > found[2, 0]


@pytest.mark.parametrize("bias", [None, -5.0])
def test_several_negative_classes_are_each_what_their_own_opposite_leaves(
    store: Store, picture: MakePicture, photos: Path, bias: float | None
) -> None:
    encoder = ColourEncoder("some", bias)
    picture("red.png", "red")
    run(store, photos, encoder)
    judge = Judge(Library.with_encoder(store, encoder), make_recipe(["not lime", "Red", "not a red"], multi=True))
    assert judge.columns == ("not lime", "Red", "not a red")
    not_lime, red, not_red = judge.probabilities(np.eye(3, dtype=np.float32)[:1])[0]
    assert not_red == pytest.approx(1 - red) and not_lime > not_red, "a thing that is red is not lime"
    judge = Judge(Library.with_encoder(store, encoder), make_recipe(["not lime"], multi=True))
    assert judge.columns == ("not lime",) and judge.probabilities(np.eye(3, dtype=np.float32)).shape == (3, 1)
