"""Tests of search.query.ranking: what is ranked is what `ask` finds, and how many match is true beyond it."""

from __future__ import annotations

import numpy as np
import pytest

from search.filters.passing import EVERYTHING
from search.library.library import Library
from search.query import ranking as ranking_module
from search.query.ask import Cutoff, QueryRequest, ask
from search.query.ranking import rank
from search.query.terms import make_query
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder


@pytest.fixture
def many(library: Library, picture: MakePicture, encoder: ColourEncoder, photos: object) -> Library:
    """Sixty pictures of colours that go from red to blue, and a copy."""
    for number in range(57):
        picture(f"c/{number}.png", f"rgb({255 - 4 * number},0,{4 * number})")
    run(library.store, photos, encoder)  # type: ignore[arg-type]
    return library


@pytest.mark.parametrize("cutoff", ["none", 0.9, 0.5, -1.0, 0.9999])
@pytest.mark.parametrize("most", [1, 5, 30, None])
def test_the_first_are_those_of_ask_and_all_that_match_are_counted(
    many: Library, cutoff: Cutoff, most: int | None
) -> None:
    request = QueryRequest(make_query("something red"), 1000, cutoff=cutoff)
    answer = ask(many, request)
    found = rank(many, request, EVERYTHING, "score", most)
    assert found.ids.tolist() == [hit.id for hit in answer.nearest][:most]
    assert found.scores is not None
    assert found.scores.tolist() == pytest.approx([hit.score for hit in answer.nearest][:most], abs=1e-3)
    assert (found.matching, found.lowest, found.total) == (answer.matching, answer.lowest, len(answer.nearest))
    assert found.is_whole == (most is None)


def test_folded_rows_are_those_of_ask_and_the_rest_is_as_it_is(many: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    many.store.db.execute("UPDATE images SET perceptual_hash = x'" + "a5" * 32 + "', width = 16 + id, height = 12 + id")
    request = QueryRequest(make_query("something red"), 1000, cutoff="none", fold=True)
    answer = ask(many, request)
    found = rank(many, request, EVERYTHING, "score", None)
    assert found.ids.tolist() == [hit.id for hit in answer.nearest] and found.copies
    monkeypatch.setattr(ranking_module, "MOST_FOLDED", 4)
    part = rank(many, request, EVERYTHING, "score", None)
    plain = rank(many, QueryRequest(request.query, cutoff="none"), EVERYTHING, "score", None)
    assert part.ids.tolist()[-56:] == plain.ids.tolist()[4:]
    assert sorted([*part.ids.tolist(), *(one for few in part.copies.values() for one, _ in few)]) == sorted(plain.ids)
    assert np.all(np.diff(plain.scores) <= 0)


def test_all_that_match_are_known_where_they_are_more_than_were_ranked(
    many: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = QueryRequest(make_query("something red"), cutoff=0.8)
    whole = rank(many, request, EVERYTHING, "score", None)
    assert whole.scores is not None and 20 < whole.matching < len(whole)
    for growth in (2, 4, 100):
        monkeypatch.setattr(ranking_module, "GROWTH", growth)
        found = rank(many, request, EVERYTHING, "score", 3)
        assert found.all_matching is not None
        assert found.all_matching.tolist() == sorted(whole.ids[: whole.matching].tolist())
    assert rank(many, request, EVERYTHING, "score", 50).all_matching is None
