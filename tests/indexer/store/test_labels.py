"""Tests of indexer.store.labels; what labelling makes of it is tested in tests/search/labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import (
    SetDescription,
    StoredClass,
    add_labels,
    begin_set,
    counts_in,
    find_label_set,
    forget_drafts,
    is_draft,
    label_set_named,
    label_sets,
    labelled_images,
    labels_in,
    remember_export,
    remove_set,
    rename_set,
)
from indexer.store.store import Store
from tests.embeddings import clustered, fill, stored_model

DESCRIPTION = SetDescription(
    "softmax",
    (StoredClass("cup", ("a cup", "a mug"), 2, 0.5), StoredClass("car", ("car",))),
    ("{}",),
    True,
    0.2,
    1.5,
    "r",
)


def test_a_set_comes_back_as_it_was_made(store: Store) -> None:
    begin_set(store, stored_model(store), "mine", DESCRIPTION)
    label_set = find_label_set(store, None)
    assert (label_set.name, label_set.model, label_set.classes) == ("mine", "made up", DESCRIPTION.classes)
    assert (label_set.templates, label_set.other, label_set.recipe) == (("{}",), True, "r")
    assert label_set.label_names == ("cup", "car", "other") and label_set.thresholds == (0.2, 0.5)


def test_other_is_a_label_while_a_picture_may_get_it() -> None:
    unthresholded = replace(DESCRIPTION, other=False, threshold=0.0)
    assert unthresholded.label_names == ("cup", "car", "other"), "as one class has a threshold of its own"
    plain = (StoredClass("cup", ("cup",)), StoredClass("other", ("other",)))
    assert SetDescription("softmax", plain[:1], (), False, 0, 1, "").label_names == ("cup",)
    assert SetDescription("multi", plain[:1], (), False, 0, 1, "").label_names == ("cup", "other")
    assert SetDescription("multi", plain, (), True, 0.5, 1, "").label_names == ("cup", "other"), "only once"


def test_labels_are_replaced_and_dropped_with_the_recipe(store: Store) -> None:
    model = stored_model(store)
    images = fill(store, model, clustered(3, 1))
    label_set, dropped = begin_set(store, model, "mine", DESCRIPTION)
    assert not dropped
    add_labels(store, label_set, images[:2], [(images[0], "cup", 0.9), (images[1], "car", 0.8), (999, "car", 1.0)])
    add_labels(store, label_set, images[:1], [(images[0], "car", 0.6)])
    assert sorted(labels_in(store, label_set)) == [(images[0], "car", 0.6), (images[1], "car", 0.8)]
    assert labelled_images(store, label_set).tolist() == images[:2]
    assert counts_in(store, label_set) == {"car": (2, pytest.approx(0.7))}
    assert begin_set(store, model, "mine", DESCRIPTION) == (label_set, False)
    assert labelled_images(store, label_set).size == 2
    assert begin_set(store, model, "mine", replace(DESCRIPTION, recipe="another")) == (label_set, True)
    assert labelled_images(store, label_set).size == 0


def test_sets_are_found_by_name_renamed_and_removed(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="No picture has a label yet"):
        find_label_set(store, None)
    model = stored_model(store)
    for name in ("a", "b,c"):
        begin_set(store, model, name, DESCRIPTION)
    for name, message in ((None, 'several label sets, so name one: "a", "b,c"'), ("d", 'no label set "d"; .*"b,c"')):
        with pytest.raises(InvalidRequest, match=message):
            find_label_set(store, name)
    first = find_label_set(store, "a")
    remember_export(store, first, "a")
    rename_set(store, first, "z")
    renamed = find_label_set(store, "z")
    assert (renamed.id, renamed.exported_as, renamed.sidecar_name) == (first.id, "a", "a")
    assert label_set_named(store, "a") is None
    remove_set(store, renamed)
    assert find_label_set(store, None).name == "b,c"


def test_only_the_newest_drafts_stay_and_none_that_was_exported(store: Store) -> None:
    model = stored_model(store)
    drafts = [begin_set(store, model, name, DESCRIPTION, keep=False)[0] for name in "abcde"]
    begin_set(store, model, "kept", DESCRIPTION)
    with store.writing():
        store.db.execute("UPDATE label_sets SET exported_as = 'a' WHERE name = 'a'")
    assert forget_drafts(store, [drafts[1]]) == ["c"]
    assert [(one.name, one.draft) for one in label_sets(store)] == [
        *(("a", False), ("b", True), ("d", True), ("e", True), ("kept", False))
    ]
    begin_set(store, model, "b", DESCRIPTION, keep=True)
    begin_set(store, model, "b", DESCRIPTION, keep=False)
    assert not is_draft(store, drafts[1]), "what is kept stays so"
