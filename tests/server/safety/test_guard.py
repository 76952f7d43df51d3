"""Who may ask what: names, origins, tokens, methods and kinds of bodies, at the door of the whole app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from server.opened.open_library import OpenLibrary
from server.running.app import VIEWS, make_app
from server.safety.policy import Policy
from server.safety.secret_words import Once, new_token

HERE = "http://127.0.0.1:8765"
TOKEN = "correct-horse-battery"
EVERYWHERE = (*VIEWS, "/page/app.js", "/api/v1/session", "/api/v1/openapi.json", "/api/v1/nothing", "/nothing")


@pytest.fixture
def locked(samples: Path) -> Iterator[TestClient]:
    """A server with a token."""
    app = make_app(OpenLibrary(samples), Policy(token=TOKEN))
    with TestClient(app, base_url=HERE, follow_redirects=False) as asking:
        yield asking


def post(client: TestClient, **headers: str) -> Any:
    return client.post("/api/v1/search", json={"limit": 1}, headers=headers)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_other_name_is_answered_anywhere(client: TestClient, path: str) -> None:
    for host in ("evil.com", "evil.com:8765", "127.0.0.1:80", "localhost", "127.0.0.1.evil.com:8765", "", "a@b:8765"):
        told = client.get(path, headers={"Host": host})
        assert told.status_code == 403, host
        assert "does not go by that name" in told.text and "set-cookie" not in told.headers
    assert client.get(path, headers={"Host": "127.0.0.1:8765"}).status_code != 403


def test_its_own_names_are_answered(client: TestClient) -> None:
    for host in ("localhost:8765", "LOCALHOST:8765", "127.0.0.1:8765", "[::1]:8765", "localhost.:8765"):
        assert client.get("/api/v1/session", headers={"Host": host}).status_code == 200, host


def test_rebinding_is_no_way_in(client: TestClient) -> None:
    """The Origin fits the Host, as it does where an own name leads to this machine: the list alone decides."""
    told = post(client, Host="evil.com:8765", Origin="http://evil.com:8765", **{"Sec-Fetch-Site": "same-origin"})
    assert (told.status_code, "does not go by that name" in told.json()["error"]) == (403, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8765"},
        {"Origin": "http://localhost:8765"},  # another origin than the one that is asked
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_pages_write_nothing_and_read_nothing(client: TestClient, headers: dict[str, str]) -> None:
    told = post(client, **headers)
    assert (told.status_code, "Another page" in told.json()["error"]) == (403, True)
    if headers.get("Sec-Fetch-Site") != "none":
        assert client.get("/api/v1/session", headers=headers).status_code == 403
        assert client.get("/page/app.js", headers=headers).status_code == 403


def test_its_own_page_and_programs_may_ask(client: TestClient) -> None:
    assert post(client).status_code == 200
    assert post(client, Origin=HERE, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/api/v1/session", headers={"Sec-Fetch-Site": "none"}).status_code == 200


def test_a_link_elsewhere_may_lead_to_the_page_but_not_to_what_programs_read(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/?q=cup", headers=link).status_code == 200
    assert client.get("/api/v1/session", headers=link).status_code == 403
    framed = {**link, "Sec-Fetch-Dest": "iframe"}
    assert client.get("/", headers=framed).status_code == 403


def test_nobody_is_told_that_other_pages_may(client: TestClient) -> None:
    asked = {"Origin": "http://evil.com", "Access-Control-Request-Method": "POST"}
    told = client.options("/api/v1/search", headers=asked)
    assert told.status_code in (403, 405)
    for answer in (told, client.get("/"), post(client)):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "PROPFIND", "OPTIONS", "x"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    for path in ("/", "/api/v1/search", "/page/app.js"):
        assert client.request(method, path).status_code == 405


@pytest.mark.parametrize("path", EVERYWHERE)
def test_nothing_is_shown_without_the_token(locked: TestClient, path: str) -> None:
    for headers in ({}, {"Cookie": "clipsearch-8765=wrong"}, {"Authorization": "Bearer wrong-wrong-wrong"}):
        told = locked.get(path, headers=headers)
        assert (told.status_code, "ends with the token" in told.text) == (401, True)
    assert locked.get(path, params={"token": "wrong"}).status_code == 401


def test_the_printed_address_becomes_a_cookie_and_a_clean_address(locked: TestClient) -> None:
    told = locked.get("/labels", params={"set": "3", "token": TOKEN})
    assert (told.status_code, told.headers["location"]) == (303, "/labels?set=3")
    cookie = told.headers["set-cookie"]
    assert cookie == f"clipsearch-8765={TOKEN}; Path=/; HttpOnly; SameSite=Strict"
    assert locked.get("/labels?set=3").status_code == 200  # the client kept the cookie
    assert post(locked).status_code == 200


def test_what_a_browser_is_started_with_opens_the_page_once(samples: Path) -> None:
    """All users of the machine see the address that a browser was started with, so the token is not in it."""
    once = Once()
    app = make_app(OpenLibrary(samples), Policy(token=TOKEN, once=once))
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        assert client.get("/", params={"once": "wrong"}).status_code == 401
        told = client.get("/", params={"once": once.value})
        assert (told.status_code, told.headers["location"]) == (303, "/")
        assert client.get("/").status_code == 200  # the client kept the cookie
        client.cookies.clear()
        assert client.get("/", params={"once": once.value}).status_code == 401
    assert once.value != TOKEN and not Once(seconds=0.0).take(once.value)
    late = Once(seconds=-1.0)
    assert not late.take(late.value)


def test_a_head_is_no_longer_for_coming_in_one_piece(client: TestClient) -> None:
    assert client.get("/api/v1/session", headers={"X": "a" * 20_000}).status_code == 431
    assert client.get("/api/v1/session", headers={"X": "a" * 10_000}).status_code == 200


def test_a_clean_address_leads_nowhere_else(locked: TestClient) -> None:
    told = locked.get(f"{HERE}//evil.com/", params={"token": TOKEN})
    assert told.status_code == 303 and told.headers["location"].startswith("/evil.com")


def test_programs_send_the_token_with_each_request(locked: TestClient) -> None:
    assert post(locked, Authorization=f"Bearer {TOKEN}").status_code == 200
    assert post(locked, Authorization=f"bearer {TOKEN}").status_code == 200
    assert post(locked).status_code == 401


def test_a_link_from_elsewhere_is_opened_once_more_for_its_cookie(locked: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    told = locked.get("/?q=cup", headers=link)
    assert told.status_code == 200 and "refresh" in told.text and "script" not in told.text
    again = locked.get("/?q=cup", headers={**link, "Sec-Fetch-Site": "same-origin"})
    assert again.status_code == 401


def test_tokens_are_long_and_each_another() -> None:
    assert len({new_token() for _ in range(50)}) == 50 and all(len(new_token()) >= 32 for _ in range(50))


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/label-sets"), ("PATCH", "/api/v1/label-sets/1"), ("DELETE", "/api/v1/label-sets/1")]
    + [("POST", f"/api/v1/{name}") for name in ("actions", "index", "index/stop", "images/1/reveal", "anything/new")],
)
def test_read_only_refuses_all_that_is_not_known_to_read(samples: Path, method: str, path: str) -> None:
    app = make_app(OpenLibrary(samples, read_only=True))
    with TestClient(app, base_url=HERE) as client:
        told = client.request(method, path, json={} if method != "DELETE" else None)
        assert (told.status_code, "--read-only" in told.json()["error"]) == (403, True)
        assert post(client).status_code == 200 and client.get("/api/v1/session").json()["read_only"] is True


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_forms_are_no_requests(client: TestClient, kind: str) -> None:
    """A form of any page can send these without asking; JSON it can't."""
    told = client.post("/api/v1/search", content=b'{"limit": 1}', headers={"Content-Type": kind})
    assert (told.status_code, "Content-Type" in told.json()["error"]) == (415, True)
