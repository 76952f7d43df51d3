"""Tests of search_photos: as `query` finds, with an honest number, page by page, and in a sentence what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import clipsearch
from tests.server.agent_tools.conftest import Assistant, Assistants, text_of


def test_it_finds_what_query_finds(reader: Assistant, samples: Path) -> None:
    found = reader.ask("search_photos", query="red envelope")
    with clipsearch.open(samples) as library:
        expected = library.query("red envelope")
    assert [hit["path"] for hit in found["hits"] if hit["matches"]] == [str(hit.path) for hit in expected]
    assert found["hits"][0]["score"] == round(expected[0].score or 0.0, 6)
    assert found["matches"] == len(expected) == 1 and found["hits"][0]["name"] == "red-envelope.jpg"
    assert found["hits"][0]["uri"] == f"clipsearch://photo/{found['hits'][0]['id']}"
    assert (found["total"], found["understood"], found["nearest"]) == (34, "red envelope", False)
    assert len(found["hits"]) == 20 and found["weaker"] == 33 and found["next_cursor"]


def test_text_and_structure_are_the_same_and_valid(reader: Assistant) -> None:
    import json

    result = reader.call("search_photos", query="a cup", limit=3)
    assert json.loads(text_of(result)) == result.structured_content


def test_pages_lead_to_the_end_and_nothing_comes_twice(reader: Assistant) -> None:
    ids, cursor = [], None
    while True:
        page = reader.ask("search_photos", query="a car", limit=7, **({"cursor": cursor} if cursor else {}))
        ids += [hit["id"] for hit in page["hits"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(ids) == len(set(ids)) == 34
    other = reader.ask("search_photos", query="a car", limit=7)["next_cursor"]
    assert "another search" in reader.refused("search_photos", query="a cup", limit=7, cursor=other)


def test_no_match_is_said_with_the_nearest(reader: Assistant) -> None:
    found = reader.ask("search_photos", query="submarine under polar ice", limit=3)
    assert (found["matches"], found["nearest"]) == (0, True) and len(found["hits"]) == 3
    assert found["notes"][0].startswith("Nothing matches")


def test_likeness_and_what_is_not_wanted(reader: Assistant) -> None:
    cars = [hit["id"] for hit in reader.ask("search_photos", query="a car", limit=2)["hits"]]
    like = reader.ask("search_photos", like_ids=cars[:1], limit=3)
    assert like["hits"][0]["id"] == cars[0] and all(hit["name"].startswith("car") for hit in like["hits"])
    without = reader.ask("search_photos", query="a car", unlike_ids=cars[:1], minus=["a taxi"], limit=3)
    assert without["hits"][0]["id"] != cars[0] and "not a taxi" in without["understood"]
    assert "searched for too" in reader.refused("search_photos", minus=["a car"])


def test_filters_are_told_as_they_were_understood(reader: Assistant) -> None:
    found = reader.ask("search_photos", filters={"types": ["jpeg"], "dated": True})
    assert found["hits"] and {hit["format"] for hit in found["hits"]} == {"JPEG"}
    assert found["total"] == len(found["hits"]) and "jpeg" in found["understood"].lower()
    dates = [hit["taken_at"] for hit in found["hits"]]
    assert dates == sorted(dates, reverse=True)


def test_where_photos_were_taken_is_left_out_if_so_wished(assistants: Assistants) -> None:
    told = assistants().ask("search_photos", filters={"placed": True}, limit=1)["hits"]
    assert told and told[0]["latitude"] is not None
    for hit in assistants(places=False).ask("search_photos", limit=100)["hits"]:
        assert not {name for name in ("latitude", "longitude", "place", "country") if hit.get(name) is not None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"query": "x" * 501}, "query: String should have at most 500"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"colour": "red"}, "no argument 'colour'; it has: query,"),
        ({"filters": {"colour": "red"}}, "filters.colour"),
        ({"filters": {"near": "Nowhere At All"}}, "No place called"),
        ({"filters": {"after": "someday"}}, "date"),
        ({"like_ids": [999_999]}, "not in the library any more"),
        ({"cursor": "%%"}, "cursor"),
    ],
)
def test_what_can_t_be_answered_is_a_sentence(reader: Assistant, arguments: dict[str, object], words: str) -> None:
    assert words.lower() in reader.refused("search_photos", **arguments).lower()


@pytest.mark.parametrize(
    "empty",
    [
        {"like_ids": None, "minus": None, "filters": None, "sort": None, "limit": None, "cursor": None},
        {"like_ids": "", "filters": "", "cursor": ""},
        {"filters": {"types": None, "after": None, "near": "", "labels": "", "radius": ""}},
        {"filters": "{}", "like_ids": "[]", "limit": "20"},
    ],
)
def test_what_says_nothing_is_as_if_it_were_left_out(reader: Assistant, empty: dict[str, object]) -> None:
    assert reader.ask("search_photos", query="a cup", **empty) == reader.ask("search_photos", query="a cup")


def test_lists_may_be_written_as_some_programs_do(reader: Assistant) -> None:
    """Claude Desktop writes them as JSON in a text; some models give a text for a list of one."""
    expected = reader.ask("search_photos", filters={"types": ["jpeg"], "dated": True}, minus=[], like_ids=[1, 2])
    as_text = reader.ask("search_photos", filters='{"types": "jpeg", "dated": true}', minus="[]", like_ids="[1, 2]")
    assert as_text == expected and expected["total"]


@pytest.mark.parametrize("query", ["null", "[1, 2]", '{"a": 1}', "17", "true"])
def test_a_query_that_looks_like_json_is_a_text(reader: Assistant, query: str) -> None:
    assert reader.ask("search_photos", query=query, limit=1)["understood"].startswith(query)


def test_too_many_parts_are_told_by_their_names(reader: Assistant) -> None:
    parts = {"like_ids": [1] * 10, "unlike_ids": [2] * 10, "minus": ["a"]}
    assert "at most 20 of query, like_ids" in reader.refused("search_photos", query="a cup", **parts)


def test_twenty_hits_fit_into_a_few_thousand_tokens(reader: Assistant) -> None:
    assert len(text_of(reader.call("search_photos", query="a cup"))) < 10_000  # some 2,500 tokens
