"""Tests of search.columns.buckets."""

from __future__ import annotations

import itertools

import numpy as np

from indexer.store.store import Store
from search.columns.buckets import Bucket, by_folder, by_month, by_score
from search.columns.reading import read_columns
from tests.search.columns.libraries import odd_rows, random_pictures


def test_runs_of_months_and_folders_hold_all_rows(store: Store) -> None:
    random_pictures(store, 5)
    odd_rows(store)
    columns = read_columns(store)
    rows = np.concatenate([columns.newest[:100].astype(np.int64), [-1], columns.newest[100:].astype(np.int64)])
    for runs, label in (
        (by_month(columns, rows), lambda row: columns.months.names[columns.months.codes[row]].replace("?", "")),
        (by_folder(columns, rows), lambda row: ":".join(map(str, columns.tree.places[columns.folders[row]]))),
    ):
        assert sum(run.count for run in runs) == len(rows)
        assert all(one.label != other.label for one, other in itertools.pairwise(runs))
        for run in runs:
            of_run = rows[run.first : run.first + run.count]
            labels = {label(row) if row >= 0 else "" for row in of_run}
            assert labels == {run.label} or "\udcff" in "".join(labels)


def test_scores_stand_by_their_hundredth() -> None:
    scores = np.array([0.319, 0.31, 0.3, 0.2999, 0.001, -0.004, -0.02], dtype=np.float32)
    assert by_score(scores, 10) == [
        *(Bucket("0.31", 10, 2), Bucket("0.30", 12, 1), Bucket("0.29", 13, 1), Bucket("0.00", 14, 1)),
        *(Bucket("-0.01", 15, 1), Bucket("-0.02", 16, 1)),
    ]
    assert by_score(scores[:0], 0) == []
