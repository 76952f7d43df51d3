"""Tests of search.corrections.accuracy: the model against what a person said, and how far that can be relied on."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.corrections import undo_last
from indexer.store.labels import labels_in
from indexer.store.store import Store
from search.corrections.accuracy import accuracy_of
from search.corrections.judged_set import JudgedSet, state_of
from search.evaluation.metrics import wilson_interval
from tests.conftest import MakePicture
from tests.search.corrections.corrected import SEVERAL, ids, labelled, say, say_all, shades


@pytest.mark.parametrize("bias", [None, -5.0])
def test_the_models_own_verdict_is_measured_and_not_what_is_stored(
    store: Store, picture: MakePicture, photos: Path, bias: float | None
) -> None:
    library = shades(store, picture, photos, bias)
    mine = labelled(library)
    judged = JudgedSet(library, mine)
    none = accuracy_of(judged, library)
    assert (none.said, none.accuracy, none.interval, none.calibration_error) == (0, None, None, None)
    say_all(library, mine, last_red=2)  # the model takes 3 and 4 for red
    measured = accuracy_of(judged, library)
    assert (measured.said, measured.right, measured.accuracy) == (10, 8, 0.8)
    assert measured.interval == wilson_interval(0.8, 10)
    assert [(one.label, one.said, one.given, one.right) for one in measured.labels] == [
        ("red", 3, 5, 3),
        ("blue", 7, 5, 5),
    ]
    assert measured.calibration_error is not None and measured.doubtful is None
    record = measured.record()
    assert record["accuracy"] == 0.8 and record["labels"][0]["precision"] == 0.6 and record["labels"][1]["recall"]
    undo_last(store, mine.id)
    assert accuracy_of(judged, library).said == 9


@pytest.mark.parametrize("bias", [None, -5.0])
def test_several_labels_are_right_if_all_are(
    store: Store, picture: MakePicture, photos: Path, bias: float | None
) -> None:
    library = shades(store, picture, photos, bias)
    mine = labelled(library, SEVERAL)
    given: dict[int, set[str]] = {}
    for image, name, _ in labels_in(store, mine.id):
        given.setdefault(image, set()).add(name)
    said = {"0-0": "red", "9-0": "blue", "4-0": "red+blue", "5-0": "other"}
    say(library, mine, **{f"_{name[0]}": labels for name, labels in said.items()})
    measured = accuracy_of(JudgedSet(library, mine), library)
    right = [given[ids(library)[name]] == set(labels.split("+")) for name, labels in said.items()]
    assert (measured.said, measured.right) == (4, sum(right)) and 0 < sum(right) < 4
    assert {one.label for one in measured.labels} == {"red", "blue", "other"}
    (red,) = [one for one in measured.labels if one.label == "red"]
    assert (red.said, red.given) == (2, sum("red" in given[ids(library)[name]] for name in said))


def test_it_is_said_how_hard_the_judged_ones_are(store: Store, picture: MakePicture, photos: Path) -> None:
    library = shades(store, picture, photos, copies=6)
    mine = labelled(library)
    judged = JudgedSet(library, mine)
    say(library, mine, _4="blue", _5="blue")
    hard = accuracy_of(judged, library, margins=True)
    assert (hard.said, hard.right, hard.doubtful, hard.whole) == (12, 6, 1.0, None)
    say_all(library, mine, last_red=3)
    everything = accuracy_of(judged, library)
    assert everything.doubtful == 0.5 and everything.accuracy == 0.9 == everything.whole
    say(library, mine, _0="other")
    assert accuracy_of(judged, library).accuracy == 0.8


def test_the_state_changes_with_what_makes_judging_anew_necessary(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    before = state_of(library, mine)
    say(library, mine, _1="red")
    assert state_of(library, mine) == before
    store.db.execute("DELETE FROM embeddings WHERE image = 1")
    assert state_of(library, mine) != before
    assert state_of(library, labelled(library, SEVERAL)) != before
