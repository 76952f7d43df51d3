"""Tests of server.opened.judged_sets: made once, and anew when something has changed."""

from __future__ import annotations

from indexer.store.labels import find_label_set
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from server.opened.judged_sets import MOST_KEPT, JudgedSets


def test_a_set_is_kept_until_it_or_the_pictures_change(library: Library) -> None:
    sets, recipe = JudgedSets(), make_recipe("red,blue", other=False)
    label_library(library, recipe, name="mine")
    first = sets.get(library, find_label_set(library.store, "mine"))
    assert sets.get(library, find_label_set(library.store, "mine")) is first
    label_library(library, make_recipe("red,blue", other=False, threshold=0.3), name="mine")
    second = sets.get(library, find_label_set(library.store, "mine"))
    assert second is not first
    library.store.db.execute("DELETE FROM embeddings WHERE image = 1")
    assert sets.get(library, find_label_set(library.store, "mine")) is not second
    for number in range(MOST_KEPT + 1):
        label_library(library, recipe, name=f"set {number}")
        sets.get(library, find_label_set(library.store, f"set {number}"))
    assert len(sets._kept) == MOST_KEPT
