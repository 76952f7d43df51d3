"""What the page is told of the server."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_the_session_says_what_is_served(client: TestClient) -> None:
    told = client.get("/api/v1/session").json()
    assert (told["model"], told["read_only"]) == ("builtin", False)
    assert told["pictures"] > 30


def test_an_unknown_route_is_told_in_a_sentence(client: TestClient) -> None:
    told = client.get("/api/v1/nothing")
    assert (told.status_code, told.json()) == (404, {"error": "Not Found."})
