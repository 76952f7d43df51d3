"""Tests of search.data_set_answers.labelled: a data set's pictures get the labels that a local library's get."""

from __future__ import annotations

from typing import Any

import pytest

from search.data_set_answers import labelled
from search.data_set_answers.labelled import DataSetLabels
from search.data_set_answers.terms import example_keys
from search.filters.filters import make_filters
from search.labels.judge import Judge
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from tests.conftest import SAMPLES
from tests.search.data_set_answers.conftest import Pair

CLOSE = 1e-3


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge a few pictures at a time."""
    monkeypatch.setattr(labelled, "rows_for", lambda classes: 7)


@pytest.mark.parametrize(
    "options",
    [
        {"classes": "cup,car"},
        {"classes": "cup,car", "other": False},
        {"classes": "cup,car,fruit", "multi": True},
        {"classes": "red,blue,white"},
        {"classes": "cup=a mug|a cup,not cup"},
        {"classes": "animal,vehicle", "templates": ("a photo of a {}", "a drawing of a {}")},
        {"classes": "cup,car", "threshold": 0.6, "thresholds": {"cup": 0.9}},
        {"classes": ",".join(f"thing {number}" for number in range(30))},
    ],
    ids=lambda options: options["classes"][:20],
)
def test_the_labels_are_those_of_a_local_library(pair: Pair, options: dict[str, Any]) -> None:
    recipe = make_recipe(**options)
    local = label_library(pair.local, recipe, name="compared", again=True)
    done = DataSetLabels(pair.data_set, Judge(pair.data_set.companion, recipe))
    found = {one.address: one for one in done.pictures()}
    wanted = {str(one.path): one for one in local.pictures()}
    assert found.keys() == wanted.keys() and len(found) == done.total
    for address, one in found.items():
        other = wanted[address]
        assert [name for name, _ in one.labels] == [name for name, _ in other.labels]
        assert one.probabilities == pytest.approx(dict(other.probabilities), abs=CLOSE)
        assert (one.probability, one.margin) == pytest.approx((other.probability, other.margin), abs=CLOSE)
    assert done.counts == local.counts


def test_the_least_certain_and_the_best_classes(pair: Pair) -> None:
    recipe = make_recipe("cup,car,fruit,chair")
    local = label_library(pair.local, recipe, name="compared", again=True)
    done = DataSetLabels(pair.data_set, Judge(pair.data_set.companion, recipe))
    for count in (1, 5, 1000):
        found, wanted = list(done.uncertain(count, 2)), list(local.uncertain(count, 2))
        assert [one.address for one in found] == [str(one.path) for one in wanted]
        assert [list(one.probabilities) for one in found] == [list(one.probabilities) for one in wanted]
    assert done.counts == local.counts


def test_only_what_passes_is_labelled(pair: Pair) -> None:
    done = DataSetLabels(
        pair.data_set, Judge(pair.data_set.companion, make_recipe("cup,car")), make_filters(types="png")
    )
    assert {one.address.rpartition(".")[2] for one in done.pictures()} == {"png"}
    assert done.total == pair.data_set.pictures.count(make_filters(types="png")) > 0


def test_examples_from_the_data_set(pair: Pair) -> None:
    """An example in the data set is worth what the same picture in a folder is."""
    judge = Judge(pair.data_set.companion, make_recipe("cup,thing"))
    picture = str(SAMPLES / "red-envelope.jpg")
    by_file = judge.taught_by(example_keys(pair.data_set, {"thing": [picture]}))
    identity = next(one.id for one in DataSetLabels(pair.data_set, judge).pictures() if one.address == picture)
    by_id = judge.taught_by(example_keys(pair.data_set, {"thing": [identity]}))
    chances = [
        next(one.probabilities["thing"] for one in DataSetLabels(pair.data_set, made).pictures() if one.id == identity)
        for made in (judge, by_file, by_id)
    ]
    assert chances[1] == pytest.approx(chances[2], abs=0.01) and chances[2] > chances[0]
