"""A wider text over HTTP, on the sample library with the built-in model."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

NOTHING = {"text": None, "matching": 0, "is_all": True}


def asked(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/wider", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_text_without_a_match_has_a_wider_one_that_pictures_match(client: TestClient) -> None:
    found = asked(client, terms=[{"text": "violin"}])
    assert found["text"] and found["matching"] > 0 and found["is_all"] is True
    again = client.post("/api/v1/search", json={"terms": [{"text": found["text"]}]}).json()
    assert again["matching"] == found["matching"]


def test_it_is_looked_for_among_the_same_pictures(client: TestClient) -> None:
    whole = asked(client, terms=[{"text": "violin"}], filters={"folders": ["1:"]})
    assert whole == asked(client, terms=[{"text": "violin"}])
    assert asked(client, terms=[{"text": "violin"}], filters={"named": ["lemons"]}) == NOTHING


def test_where_there_is_none_that_is_said(client: TestClient) -> None:
    assert asked(client) == NOTHING
    assert asked(client, terms=[{"text": "red envelope"}]) == NOTHING
    assert asked(client, terms=[{"text": "violin"}, {"text": "wood"}]) == NOTHING


def test_what_makes_no_sense_is_refused(client: TestClient) -> None:
    assert client.post("/api/v1/wider", json={"terms": [{"id": 999}]}).status_code == 410
    assert client.post("/api/v1/wider", json={"terms": [{"text": "violin", "weight": -1}]}).status_code == 400
