"""Labeling block by block: the same results, in bounded memory, stored step by step."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.store.labels import (
    add_labels,
)
from search.filters.filters import make_filters
from search.labels import blocks
from search.labels.blocks import map_blocks, rows_for
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.info import library_info
from search.library.library import Library
from search.progress import Watch
from tests.search.labels.colours import RED_BLUE, best


def test_it_is_told_how_many_pictures_are_judged_and_stored(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "STORED_AT_ONCE", 2)
    monkeypatch.setattr(blocks, "MOST_ROWS", 2)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", 2)
    told: list[tuple[str, int, int]] = []
    watch = Watch(judged=lambda *two: told.append(("judged", *two)), stored=lambda *two: told.append(("stored", *two)))
    label_library(library, RED_BLUE, watch=watch)
    assert told == [("judged", 2, 3), ("judged", 3, 3), ("judged", 3, 3), ("stored", 2, 3), ("stored", 3, 3)]
    told.clear()
    label_library(library, RED_BLUE, watch=watch)
    assert told == [("judged", 0, 0)]
    label_library(library, RED_BLUE, watch=watch, filters=make_filters(types="png"), again=True)
    assert told[1] == ("judged", 2, 3), "labels elsewhere change nothing"


def test_many_classes_are_judged_in_blocks(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CELLS", 20_000)
    assert (rows_for(10_000), rows_for(2)) == (256, 10_000)
    monkeypatch.setattr(blocks, "FEWEST_ROWS", 1)
    names = [f"{number} red" for number in range(9_998)] + ["blue", "lime"]
    done = label_library(library, make_recipe(names), name="many")
    assert {name: found for name, found in best(done).items() if "red" not in name} == {
        "blue.png": "blue",
        "lime.png": "lime",
    }
    assert done.counts["blue"] == done.counts["lime"] == 1


def test_blocks_equal_the_exact_product(library: Library) -> None:
    random = np.random.default_rng(0)
    texts = random.normal(size=(7, 3)).astype(np.float32)
    found = {
        int(key): row
        for ids, rows in map_blocks(library.index, lambda rows: rows @ texts.T, 7)
        for key, row in zip(ids, rows, strict=True)
    }
    ids, vectors = library.index.vectors([1, 2, 3])
    assert np.allclose([found[int(key)] for key in ids], vectors @ texts.T, atol=1e-6)
    some = list(map_blocks(library.index, len, 7, lambda ids: ids == 2))
    assert [(ids.tolist(), count) for ids, count in some] == [([2], 1)]


def test_labels_stopped_in_the_middle_are_finished_by_the_next_run(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "STORED_AT_ONCE", 1)
    stored: list[int] = []

    def stop(*arguments: object) -> None:
        if stored:
            raise KeyboardInterrupt
        stored.append(1)
        add_labels(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(blocks, "add_labels", stop)
        label_library(library, RED_BLUE)
    assert library_info(library.store).labels == 1
    done = label_library(library, RED_BLUE)
    assert (done.fresh, done.known, library_info(library.store).labels) == (2, 1, 3)
