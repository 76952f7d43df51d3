"""Tests of server.opened.kept_counts: the counts are always those of the labels, seldom counted."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import pytest

from indexer.errors import InvalidRequest
from indexer.store.corrections import correct, images_of_last, undo_last
from indexer.store.labels import find_label_set, remove_set
from indexer.store.store import Store
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from server.opened.kept_counts import MOST_KEPT, KeptCounts


def counted(store: Store, label_set: int) -> Counter[str]:
    rows = store.db.execute("SELECT class, count(*) FROM labels WHERE label_set = ? GROUP BY class", [label_set])
    return Counter(dict(rows.fetchall()))


def test_they_follow_corrections_without_counting_and_see_what_others_do(library: Library) -> None:
    label_library(library, make_recipe("red,blue", other=False), name="mine")
    store, id = library.store, find_label_set(library.store, "mine").id
    images = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
    counts = KeptCounts()
    first = counts.of(store, id)
    assert first == counted(store, id) and first.total() == len(images)
    statements: list[str] = []
    store.db.conn.set_trace_callback(statements.append)
    for some, label in ((images[:2], "red"), (images[1:4], "blue"), (images[:1] * 2000, "other"), ([2**40], "red")):
        counts.following(store, id, some, lambda some=some, label=label: correct(store, id, some, [label], "me"))  # type: ignore[misc]
        assert +counts.of(store, id) == counted(store, id)
    while store.db.execute("SELECT 1 FROM correction_acts WHERE undone_at IS NULL").fetchone():
        counts.following(store, id, images_of_last(store, id), lambda: undo_last(store, id))
        assert +counts.of(store, id) == counted(store, id)
    assert +counts.of(store, id) == first
    store.db.conn.set_trace_callback(None)
    assert not [one for one in statements if "GROUP BY class" in one and "AND typeof" in one], (
        "nothing was counted anew"
    )
    assert store.folder is not None
    with closing(Store.open(store.folder)) as other:
        correct(other, id, images, ["blue"], "you")
    assert counts.of(store, id) == counted(store, id) == Counter(blue=len(images))
    with pytest.raises(InvalidRequest):
        counts.following(store, id, images, lambda: correct(store, id, images, ["green"], "me"))
    assert counts.of(store, id) == Counter(blue=len(images))
    remove_set(store, find_label_set(store, "mine"))
    assert not counts.of(store, id)


def test_only_the_last_sets_are_kept(library: Library) -> None:
    counts = KeptCounts()
    for label_set in range(MOST_KEPT + 3):
        counts.of(library.store, label_set)
    assert len(counts._kept) == MOST_KEPT
