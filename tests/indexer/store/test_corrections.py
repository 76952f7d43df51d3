"""Tests of indexer.store.corrections: what a person said is written at once, holds, and can be taken back."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import InvalidRequest, LibraryError, UndoError
from indexer.store.corrections import Undone, correct, said_labels, undo_last
from indexer.store.facts import NONE_OF_THEM, count_said, fact_counts, fact_images, facts_in
from indexer.store.labels import (
    OTHER,
    SetDescription,
    StoredClass,
    add_labels,
    begin_set,
    counts_in,
    forget_drafts,
    label_set_named,
    label_set_with_id,
    labels_in,
    remove_set,
)
from indexer.store.models import models, switch_to
from indexer.store.store import Store
from tests.conftest import count
from tests.embeddings import clustered, fill, stored_model

CUP, CAR, PLATE = (StoredClass(name, (name,)) for name in ("cup", "car", "plate"))
CUPS = SetDescription("softmax", (CUP, CAR), ("{}",), True, 0.0, 1.0, "cups")
MULTI = replace(CUPS, kind="multi", recipe="multi")


@pytest.fixture
def images(store: Store) -> list[int]:
    return fill(store, stored_model(store), clustered(6, 1))


def make_set(store: Store, images: list[int], made: SetDescription = CUPS, name: str = "mine") -> int:
    """Label all pictures as the model would: cups, with 0.6."""
    label_set, _ = begin_set(store, models(store)[0], name, made, keep=False)
    add_labels(store, label_set, images, [(image, "cup", 0.6) for image in images])
    return label_set


def labels(store: Store, label_set: int) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[str, float]]] = {}
    for image, name, probability in sorted(labels_in(store, label_set)):
        found.setdefault(image, []).append((name, probability))
    return found


def test_a_persons_labels_take_the_place_of_the_models_and_no_run_touches_them(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images)
    act = correct(store, label_set, [*images[:2], 999], ["car"], "ann")
    assert act.images == tuple(images[:2]), "what is not in the library is left out"
    assert labels(store, label_set)[images[0]] == [("car", 1.0)] and labels(store, label_set)[images[2]] == [
        ("cup", 0.6)
    ]
    fact = facts_in(store, label_set)[images[1]]
    assert (fact.labels, fact.said_by, fact.act) == (("car",), "ann", act.id) and fact.said_at.startswith("20")
    assert facts_in(store, label_set, images[1:3]).keys() == {images[1]}
    add_labels(store, label_set, images, [(image, "cup", 0.9) for image in images])
    assert labels(store, label_set)[images[0]] == [("car", 1.0)] and labels(store, label_set)[images[5]] == [
        ("cup", 0.9)
    ]
    assert fact_images(store, label_set).tolist() == images[:2] and fact_counts(store, label_set) == {"car": 2}
    assert counts_in(store, label_set)["car"] == (2, 1.0)


def test_undo_goes_back_step_by_step_also_in_a_library_that_is_opened_again(
    store: Store, images: list[int], tmp_path: Path
) -> None:
    label_set = make_set(store, images)
    first = correct(store, label_set, images[:3], ["car"], "ann")
    second = correct(store, label_set, images[2:4], [], "bob")
    third = correct(store, label_set, images[2:3], ["cup"], "ann")
    store.close()
    with Store.open(tmp_path / "library") as again:
        with pytest.raises(UndoError, match="Something else"):
            undo_last(again, label_set, first.id)
        assert undo_last(again, label_set, third.id) == Undone(third.id, (images[2],), ())
        assert labels(again, label_set)[images[2]] == [("other", 1.0)]
        assert undo_last(again, label_set).act == second.id
        assert labels(again, label_set)[images[2]] == [("car", 1.0)]
        assert labels(again, label_set)[images[3]] == [("cup", 0.6)]
        assert undo_last(again, label_set).act == first.id
        assert labels(again, label_set) == {image: [("cup", 0.6)] for image in images} and not facts_in(
            again, label_set
        )
        with pytest.raises(UndoError, match='Nothing was corrected in "mine"'):
            undo_last(again, label_set)
        assert count(again, "correction_acts") == 3 and count(again, "corrections") == 6, "nothing is removed"
        fourth = correct(again, label_set, images[:1], ["car"], "ann")
        assert undo_last(again, label_set).act == fourth.id > third.id


def test_what_the_model_found_does_not_come_back_once_the_set_is_made_otherwise(
    store: Store, images: list[int]
) -> None:
    label_set = make_set(store, images)
    correct(store, label_set, images[:1], ["car"], "ann")
    correct(store, label_set, images[:1], [], "ann")
    begin_set(store, models(store)[0], "mine", replace(CUPS, recipe="another"))
    assert labels(store, label_set) == {images[0]: [("other", 1.0)]}
    assert undo_last(store, label_set).unjudged == () and labels(store, label_set) == {images[0]: [("car", 1.0)]}
    assert undo_last(store, label_set).unjudged == (images[0],) and not labels(store, label_set)


def test_several_labels_are_one_statement(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images, MULTI)
    add_labels(store, label_set, images[:1], [(images[0], "cup", 0.6), (images[0], "car", 0.7)])
    correct(store, label_set, images[:2], ["car", "CUP"], "ann")
    assert labels(store, label_set)[images[1]] == [("car", 1.0), ("cup", 1.0)]
    assert facts_in(store, label_set)[images[1]].labels == ("car", "cup")
    correct(store, label_set, images[:2], ["other"], "ann")
    assert labels(store, label_set)[images[0]] == [("other", 1.0)]
    undo_last(store, label_set)
    undo_last(store, label_set)
    assert labels(store, label_set)[images[0]] == [("car", 0.7), ("cup", 0.6)]


def test_what_a_set_has_no_class_for_waits_for_it(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images)
    for image, said in zip(images, (["cup"], ["car"], []), strict=False):
        correct(store, label_set, [image], said, "ann")
    model = models(store)[0]
    begin_set(store, model, "mine", replace(CUPS, classes=(CUP, PLATE), recipe="2"))
    assert labels(store, label_set) == {images[0]: [("cup", 1.0)]}, "none of them was not said of plates"
    assert count_said(store, label_set) == (1, 2)
    add_labels(store, label_set, images, [(image, "plate", 0.9) for image in images])
    assert labels(store, label_set)[images[1]] == [("plate", 0.9)]
    begin_set(store, model, "mine", replace(CUPS, recipe="3"))
    assert labels(store, label_set) == {
        images[0]: [("cup", 1.0)],
        images[1]: [("car", 1.0)],
        images[2]: [("other", 1.0)],
    }
    assert count_said(store, label_set) == (3, 0)


def test_labels_are_checked(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images)
    made = label_set_with_id(store, label_set)
    assert said_labels(made, ["Car"]) == ("car",) and said_labels(made, ["OTHER"]) == said_labels(made, []) == ()
    for wrong, message in (
        (["plate"], 'no label "plate"; it has "cup", "car" and "other"'),
        (["cup", "car"], "one label, not 2"),
        (["cup", "other"], "none of the classes"),
    ):
        with pytest.raises(InvalidRequest, match=message):
            correct(store, label_set, images, wrong, "ann")
    with pytest.raises(InvalidRequest, match="not there any more"):
        correct(store, 99, images, ["cup"], "ann")
    with pytest.raises(InvalidRequest, match="At most 100,000"):
        correct(store, label_set, range(1, 100_002), ["cup"], "ann")
    store.read_only = True
    for write in (lambda: correct(store, label_set, images, ["cup"], "ann"), lambda: undo_last(store, label_set)):
        with pytest.raises(LibraryError, match="can't be written"):
            write()
    assert count(store, "correction_acts") == 0
    assert NONE_OF_THEM == OTHER


def test_other_is_a_label_of_a_set_without_it_once_it_was_said(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images, replace(CUPS, other=False))
    assert label_set_with_id(store, label_set).label_names == ("cup", "car")
    correct(store, label_set, images[:1], [], "ann")
    assert label_set_with_id(store, label_set).label_names == ("cup", "car", "other")
    undo_last(store, label_set)
    assert label_set_with_id(store, label_set).label_names == ("cup", "car")


def test_a_corrected_set_is_no_draft_and_stays_with_another_model(store: Store, images: list[int]) -> None:
    label_set = make_set(store, images)
    correct(store, label_set, images[:1], ["car"], "ann")
    for name in "abcd":
        make_set(store, images, name=name)
    assert forget_drafts(store) == ["a"], "the corrected one is no draft"
    new = stored_model(store, "new")
    switch_to(store, new)
    kept = label_set_named(store, "mine")
    assert kept is not None and kept.model == "new" and kept.recipe == "" and kept.corrected
    assert label_set_named(store, "d") is None and labels(store, label_set) == {images[0]: [("car", 1.0)]}
    remove_set(store, kept)
    assert count(store, "corrections") == count(store, "correction_acts") == count(store, "labels") == 0


def test_two_who_correct_at_once_wait_for_one_another(store: Store, images: list[int], tmp_path: Path) -> None:
    label_set = make_set(store, images)
    failed: list[BaseException] = []

    def say(who: str, label: str) -> None:
        try:
            with Store.open(tmp_path / "library") as own:
                for image in images * 5:
                    correct(own, label_set, [image], [label], who)
                    add_labels(own, label_set, images, [(one, "cup", 0.5) for one in images])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=say, args=pair) for pair in (("ann", "car"), ("bob", "other"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    assert not failed and count(store, "correction_acts") == 60
    assert store.db.execute("SELECT count(*) FROM corrections WHERE standing").fetchone()[0] == len(images)
    last = {image: fact.labels[0] for image, fact in facts_in(store, label_set).items()}
    assert last.keys() == set(images) and {found[0][0] for found in labels(store, label_set).values()} <= {
        "car",
        "other",
    }
    for _ in range(60):
        undo_last(store, label_set)
    assert not facts_in(store, label_set)


def test_many_thousand_pictures_are_one_quick_act(store: Store) -> None:
    """SQLite takes some 300 steps for a picture, however many there are."""
    images = fill(store, stored_model(store), clustered(5_000, 1))
    label_set, hundreds = make_set(store, images), [0]

    def step() -> int:
        hundreds[0] += 1
        return 0

    store.db.conn.set_progress_handler(step, 100)
    assert len(correct(store, label_set, images, ["car"], "ann").images) == len(images)
    said = hundreds[0]
    assert len(undo_last(store, label_set).images) == len(images)
    assert 0 < said < 10 * len(images) and 0 < hundreds[0] - said < 10 * len(images), (said, hundreds[0])
    assert counts_in(store, label_set) == {"cup": (5_000, pytest.approx(0.6))}
