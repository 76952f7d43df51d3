"""Tests of search/query/sorting.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest

from indexer.errors import InvalidRequest
from search.query.sorting import ORDERS, Order, sorted_hits
from search.results import Hit


def names(hits: list[Hit]) -> list[str]:
    return [str(hit.path) for hit in hits]


def by_path(*paths: str) -> list[str]:
    return names(sorted_hits([Hit(Path(path), 0.0) for path in paths], "path"))


def test_by_score_the_best_is_first_and_equal_ones_stay_as_they_were() -> None:
    hits = [Hit(Path("b"), 0.2), Hit(Path("a"), 0.3), Hit(Path("c"), 0.3), Hit(Path("d"), -0.1)]
    assert names(sorted_hits(hits, "score")) == ["a", "c", "b", "d"]


def test_by_date_the_newest_is_first_by_its_own_clock_and_those_without_one_are_last() -> None:
    hits = [
        Hit(Path("none"), 0.9),
        Hit(Path("old"), 0.8, taken_at="2019-01-01T00:00:00"),
        Hit(Path("first"), 0.7, taken_at="2021-07-04T15:30:00-09:00"),
        Hit(Path("second"), 0.6, taken_at="2021-07-04T15:30:00"),
        Hit(Path("third"), 0.5, taken_at="2021-07-04T15:30:00+09:00"),
        Hit(Path("evening"), 0.4, taken_at="2021-07-04T18:00:00+14:00"),
        Hit(Path("also none"), 0.3),
    ]
    assert names(sorted_hits(hits, "date")) == ["evening", "first", "second", "third", "old", "none", "also none"]


def test_by_path_numbers_count_by_their_value() -> None:
    assert by_path("IMG_10.jpg", "IMG_2.jpg", "IMG_1.jpg") == ["IMG_1.jpg", "IMG_2.jpg", "IMG_10.jpg"]
    assert by_path("a/10/1.jpg", "a/9/2.jpg", "a/9/1.jpg") == ["a/9/1.jpg", "a/9/2.jpg", "a/10/1.jpg"]
    assert by_path("2021-10-01", "2021-9-30") == ["2021-9-30", "2021-10-01"]


def test_by_path_zeros_in_front_and_the_case_of_letters_do_not_count() -> None:
    assert by_path("b", "A", "a2", "C") == ["A", "a2", "b", "C"]
    assert by_path("IMG_010", "IMG_9", "IMG_0008") == ["IMG_0008", "IMG_9", "IMG_010"]
    assert by_path("a01", "a1", "a001") == by_path("a001", "a1", "a01") == ["a001", "a01", "a1"]


def test_by_path_a_folder_stays_together() -> None:
    assert by_path("a b/1", "a/2", "a.b/1", "a/1", "a/z/1") == ["a/1", "a/2", "a/z/1", "a b/1", "a.b/1"]


def test_by_path_takes_names_that_begin_with_either_and_endless_numbers() -> None:
    long = "9" * 5000
    assert by_path("x", "1", "10x", "-1", "2") == ["1", "2", "10x", "-1", "x"]
    assert by_path(f"{long}1", long) == [long, f"{long}1"]


def test_by_path_takes_any_bytes_and_any_digits() -> None:
    bad = os.fsdecode(b"caf\xe9")
    assert by_path(bad, "cafz", "cafe") == ["cafe", "cafz", bad]
    assert by_path("x\u0662", "x\u00b2", "x1") == ["x1", "x\u00b2", "x\u0662"]


def test_by_path_moments_of_a_video_follow_one_another() -> None:
    hits = [Hit(Path("v.mp4"), 0.1, at) for at in (10.0, 2.0, None)]
    assert [hit.at for hit in sorted_hits(hits, "path")] == [None, 2.0, 10.0]


def test_nothing_is_changed_and_every_order_takes_no_hits() -> None:
    hits = [Hit(Path("b"), 0.1), Hit(Path("a"), 0.2)]
    sorted_hits(hits, "path")
    assert names(hits) == ["b", "a"]
    assert [sorted_hits([], order) for order in ORDERS] == [[], [], []]


def test_another_order() -> None:
    with pytest.raises(InvalidRequest, match="score, date or path"):
        sorted_hits([], cast(Order, "size"))


def test_partial_dates_are_sorted_by_their_first_moment() -> None:
    dates = [
        "2019-07-04T00:00:00",
        "2019",
        "2019-07",
        None,
        "2020",
        "2019-07-04",
        "2018-12-31T23:59:59+02:00",
        "2019-08",
    ]
    hits = [Hit(Path(str(date)), 0.5, taken_at=date) for date in dates]
    expected = ["2020", "2019-08", "2019-07-04T00:00:00", "2019-07-04", "2019-07", "2019", dates[6], None]
    assert [hit.taken_at for hit in sorted_hits(hits, "date")] == expected
