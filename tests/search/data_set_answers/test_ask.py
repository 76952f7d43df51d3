"""Tests of search.data_set_answers.ask: a data set answers as a local library with the same embeddings does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.data_set_answers.ask import ask_data_set
from search.data_set_answers.hits import DataSetAnswer
from search.data_set_answers.terms import picture_terms
from search.filters.filters import make_filters
from search.query.ask import QueryRequest, ask
from search.query.cutoff import NO_MATCH
from search.query.terms import Query, make_query
from search.results import Answer
from tests.conftest import SAMPLES
from tests.search.data_set_answers.conftest import Pair

CLOSE = 1e-3


def assert_same(found: DataSetAnswer, wanted: Answer) -> None:
    assert [hit.address for hit in found.nearest] == [str(hit.path) for hit in wanted.nearest]
    assert [hit.address for hit in found.hits] == [str(hit.path) for hit in wanted.hits]
    assert found.matching == wanted.matching
    assert found.lowest == pytest.approx(wanted.lowest, abs=CLOSE)
    for one, other in zip(found.nearest, wanted.nearest, strict=True):
        assert one.score == (None if other.score is None else pytest.approx(other.score, abs=CLOSE))
        assert [copy.address for copy in one.copies] == [str(copy.path) for copy in other.copies]
        names = ("at", "format", "size", "width", "height", "taken_at", "camera", "latitude", "taken_from")
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


@pytest.mark.parametrize(
    "request_of",
    [
        {"query": make_query("red envelope")},
        {"query": make_query("a car"), "k": 3},
        {"query": make_query("car"), "k": 30},
        {"query": make_query("a car"), "k": 10**12},
        {"query": make_query("something red")},
        {"query": make_query("a red car"), "fold": False},
        {"query": make_query("gorilla")},
        {"query": make_query("gorilla"), "cutoff": "none", "k": 4},
        {"query": make_query("cup"), "cutoff": 0.5},
        {"query": make_query("cup"), "raw": True},
        {"query": make_query("car", plus=[("blue", 2.0)], minus=["red"])},
        {"query": make_query("fruit", minus=[("apple", 0.5)]), "k": 5},
        {"query": make_query(like=SAMPLES / "red-envelope.jpg"), "k": 5},
        {"query": make_query("night", unlike=[(SAMPLES / "red-envelope.jpg", 0.5)]), "k": 5},
        {"query": make_query("food on a plate"), "fold": True},
    ],
    ids=lambda request: "-".join(str(request["query"].texts).split()),
)
def test_the_same_pictures_match_as_in_a_local_library(pair: Pair, request_of: dict[str, Any]) -> None:
    request = QueryRequest(**request_of)
    assert_same(ask_data_set(pair.data_set, request), ask(pair.local, request))


def test_copies_are_folded_as_in_a_local_library(pair: Pair) -> None:
    """Of twenty pictures nearest to each of these some are copies, if any are."""
    for text in ("a mug", "a car", "a colour"):
        for fold in (True, False):
            request = QueryRequest(make_query(text), 30, cutoff="none", fold=fold)
            assert_same(ask_data_set(pair.data_set, request), ask(pair.local, request))


def test_pictures_of_the_data_set_are_named_by_address_or_id(pair: Pair, tmp_path: Path) -> None:
    data_set = pair.data_set
    (first,) = ask_data_set(data_set, QueryRequest(make_query("red envelope"), 1)).hits
    for name in (first.address, first.id):
        answer = ask_data_set(data_set, QueryRequest(Query(tuple(picture_terms(data_set, [(name, 1.0)]))), 1))
        assert answer.nearest[0].id == first.id and answer.nearest[0].score == pytest.approx(1, abs=CLOSE)
    with pytest.raises(InvalidRequest, match="has no picture s3:"):
        picture_terms(data_set, [("s3://elsewhere/a.jpg", 1.0)])
    (term,) = picture_terms(data_set, [(str(SAMPLES / "red-envelope.jpg"), 0.5)])
    assert (term.picture, term.weight) == (SAMPLES / "red-envelope.jpg", 0.5), "a file of this machine is read"


def test_a_picture_of_the_data_set_that_is_gone_from_the_disk_is_still_known(pair: Pair) -> None:
    gone = os.path.join(os.fspath(SAMPLES), "no-such-file.jpg")
    (term,) = picture_terms(pair.data_set, [(gone, 1.0)])
    assert term.picture == Path(gone), "whoever reads it says what is wrong"


def test_without_a_query_the_newest_are_listed(pair: Pair) -> None:
    filters = make_filters(types="jpeg")
    for k in (None, 3, 1000):
        request = QueryRequest(None, k, filters)
        assert_same(ask_data_set(pair.data_set, request), ask(pair.local, request))


def test_what_passes_no_filter_matches_nothing(pair: Pair) -> None:
    for query in (None, make_query("car")):
        answer = ask_data_set(pair.data_set, QueryRequest(query, None, make_filters(after="2101")))
        assert (answer.hits, answer.matching) == ((), 0)
        assert query is None or answer.lowest == NO_MATCH


def test_filters_count_for_the_cut_off_too(pair: Pair) -> None:
    for options in ({"types": "png"}, {"min_size": "700x500"}, {"named": "c"}, {"dated": False}):
        request = QueryRequest(make_query("a mug"), 5, make_filters(**options))  # type: ignore[arg-type]
        assert_same(ask_data_set(pair.data_set, request), ask(pair.local, request))
