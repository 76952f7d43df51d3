"""Tests of search.index.compressed: an index of candidates, and the file it is read from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.building import open_index, refresh
from search.index.compressed import CompressedIndex, lists_for
from search.index.due import count_changes
from tests.embeddings import DIM, clustered, fill, stored_model
from tests.search.index.conftest import QUERY, ROWS, expected, file_of, nearest_ids


@pytest.mark.skipif(sys.platform != "linux", reason="such names are there on Linux alone")
def test_a_library_whose_name_is_not_utf8(tmp_path: Path, large: StoredModel) -> None:
    with Store.create(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))) as store:
        model = stored_model(store)
        fill(store, model, clustered(ROWS, seed=0))
        refresh(store, model)
        assert not open_index(store, model).is_exact
        fill(store, model, clustered(60, seed=1))
        refresh(store, model)
        assert count_changes(store, model) == 0 and file_of(store, model).rows == ROWS + 60
        assert nearest_ids(open_index(store, model), QUERY, 10) == expected(store, model, QUERY, 10)


def test_candidates_are_the_nearest_of_those_allowed(tmp_path: Path) -> None:
    vectors = clustered(600, seed=0)
    ids = np.arange(1000, 1600)
    index = CompressedIndex.trained(vectors, len(vectors))
    index.add(ids, vectors)
    assert (len(index), index.dim, index.lists) == (600, DIM, lists_for(600)) and index.imbalance >= 1
    nearest = index.candidates(vectors, 5, index.lists)
    assert nearest.shape == (600, 5) and (nearest[:, 0] == ids).mean() > 0.99, "each finds itself"
    allowed = np.zeros(1600, bool)
    allowed[[1003, 1005]] = True
    some = index.candidates(vectors[:1], 4, index.lists, allowed)[0]
    assert set(some) == {1003, 1005, -1}, "there are too few"
    index.write(tmp_path / "index.faiss")
    mapped = CompressedIndex.opened(tmp_path / "index.faiss")
    assert np.array_equal(mapped.candidates(vectors, 5, index.lists), nearest)
    changeable = CompressedIndex.opened(tmp_path / "index.faiss", to_change=True)
    changeable.remove(np.array([1000, 1001, 7]))
    assert not np.isin(changeable.candidates(vectors, 5, index.lists), [1000, 1001]).any()


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.faiss").write_text("no index")
    with pytest.raises(RuntimeError):
        CompressedIndex.opened(tmp_path / "index.faiss")


def forged(change: str) -> Any:
    """Return an index of someone else's, of another kind or with parts that don't fit together."""
    vectors = clustered(600, seed=0)
    ours: Any = CompressedIndex.trained(vectors, len(vectors))
    ours.add(np.arange(600), vectors)
    whole = ours._index
    lists = faiss.downcast_index(whole.index)
    match change:
        case "another kind":
            whole = faiss.IndexFlatIP(DIM)
            whole.add(vectors)
        case "other lists":
            whole = faiss.index_factory(DIM, "RR,IVF16,Flat", faiss.METRIC_INNER_PRODUCT)
            whole.train(vectors)
        case "too many":
            whole.ntotal = lists.ntotal = 10**12
        case "longer vectors":
            whole.d = lists.d = lists.rabitq.d = 4096
        case "more lists than centres":
            centres: Any = faiss.IndexFlatIP(DIM)
            centres.add(vectors[:3])
            lists.quantizer = centres
            centres.this.disown()
        case "two rotations":
            more: Any = faiss.RandomRotationMatrix(DIM, DIM)
            more.init(7)
            whole.prepend_transform(more)
            more.this.disown()
        case "fewer bits":
            lists.rabitq.nb_bits = 1
    return whole


@pytest.mark.parametrize(
    "change",
    [
        *("another kind", "other lists", "too many", "longer vectors"),
        *("more lists than centres", "two rotations", "fewer bits"),
    ],
)
def test_an_index_whose_parts_do_not_fit_is_refused(tmp_path: Path, change: str) -> None:
    """A file of someone else's may have the right checksum; before, FAISS read past the end of its parts."""
    faiss.write_index(forged(change), str(tmp_path / "index.faiss"))
    with pytest.raises(RuntimeError):
        CompressedIndex.opened(tmp_path / "index.faiss")


@pytest.mark.parametrize(
    ("rows", "lists"), [(0, 16), (300, 16), (900, 32), (10_000, 128), (1_000_000, 1024), (10**9, 8192)]
)
def test_there_are_about_as_many_lists_as_the_square_root(rows: int, lists: int) -> None:
    assert lists_for(rows) == lists
