"""Tests of search.query.wider, with the real built-in model on the real sample images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.models import agreement
from search.filters.filters import make_filters
from search.library.library import Library, open_library
from search.query.ask import QueryRequest, ask
from search.query.terms import make_query
from search.query.wider import MOST_TRIED, Wider, wider_match
from search.wider.phrases import wider_queries


@pytest.fixture
def library(sample_library: Path) -> Iterator[Library]:
    with open_library(sample_library, device="cpu") as opened:
        yield opened


def wider(library: Library, request: QueryRequest) -> Wider | None:
    return wider_match(library, request, ask(library, request))


UNMATCHED = (
    "kiwi",
    "raspberry",
    "toadstool",
    "my old laptop",
    "violin",
    "hammock",
    "piano",
    "a small tank",
    "oil tanker",
)


def test_the_nearest_that_matches_is_found(library: Library) -> None:
    found = {text: result for text in UNMATCHED if (result := wider(library, QueryRequest(make_query(text))))}
    assert len(found) > 3
    for text, result in found.items():
        tried = wider_queries(text, MOST_TRIED)
        matching = [ask(library, QueryRequest(make_query(query))).matching for query in tried]
        first = next(number for number, count in enumerate(matching) if count)
        assert (result.text, result.matching, result.is_all) == (tried[first], matching[first], True)


@pytest.mark.parametrize(
    "request_",
    [
        QueryRequest(make_query("strawberry")),  # matches itself
        QueryRequest(make_query("gorilla")),  # nor does any animal
        QueryRequest(make_query("ein Foto von einer Kiwi")),
        QueryRequest(make_query("kiwi", plus="raspberry")),
        QueryRequest(make_query("kiwi", minus="apple")),
        QueryRequest(make_query("kiwi"), cutoff=0.99),
        QueryRequest(None, filters=make_filters(named="kiwi")),
    ],
)
def test_nothing_is_offered_for_what_is_no_plain_unmatched_text(library: Library, request_: QueryRequest) -> None:
    assert wider(library, request_) is None


def test_the_filters_hold_for_the_wider_one(library: Library) -> None:
    for text in UNMATCHED:
        found = wider(library, QueryRequest(make_query(text), filters=make_filters(named="car")))
        assert found is None or found.matching <= 4
    away = make_filters(after="1990", before="1991")
    assert all(wider(library, QueryRequest(make_query(text), filters=away)) is None for text in UNMATCHED)


def test_no_model_is_loaded_to_find_one(library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    request = QueryRequest(make_query("raspberry"))
    answer = ask(library, request)
    library._encoder = None
    library.store.db.execute("DELETE FROM texts WHERE text = 'berry'")
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path))
    assert not library.embeds_quickly(["berry"])
    assert wider_match(library, request, answer) is None and library._encoder is None


def test_nothing_is_opened_of_a_model_that_is_not_agreed_to(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    request = QueryRequest(make_query("raspberry"))
    answer = ask(library, request)
    library._encoder = None
    library.store.db.execute("DELETE FROM texts WHERE text = 'berry'")
    monkeypatch.setattr(agreement, "BUILTIN", "another")
    assert wider_match(library, request, answer) is None
