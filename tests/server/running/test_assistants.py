"""Assistants over HTTP at the app's door: who is let in, what is loaded for them, what is said where none are."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from server.opened.open_library import OpenLibrary
from server.running import assistants
from server.running.app import make_app
from server.safety.bodies import JSON_BYTES
from server.safety.policy import Policy
from tests.conftest import REPOSITORY
from tests.server.opened.conftest import HERE

TOKEN = "correct-horse-battery"
ACCEPT = {"Accept": "application/json, text/event-stream"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a host", "version": "1"}},
}
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "http://evil.com"},
    {"Origin": "null"},
    {"Origin": "http://localhost:6274"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Origin": "http://evil.com:8765", "Host": "evil.com:8765", "Sec-Fetch-Site": "same-origin"},
)


def client_of(library: Path, read_only: bool = False, **policy: Any) -> TestClient:
    """Return a client of an app; it runs in a with-block."""
    app = make_app(OpenLibrary(library, read_only=read_only), Policy(read_only=read_only, **policy))
    return TestClient(app, base_url=HERE, follow_redirects=False)


def hello(client: TestClient, **headers: str) -> Any:
    return client.post("/mcp", json=HELLO, headers={**ACCEPT, **headers})


def test_the_page_loads_nothing_for_them() -> None:
    code = (
        "import sys, server.running.app, server.running.serving\n"
        "sys.exit(any(name.partition('.')[0] in ('mcp', 'mcp_types') or name.startswith('server.agent')"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=REPOSITORY).returncode == 0


def test_a_session_begins_goes_on_and_ends(samples: Path) -> None:
    with client_of(samples) as client:
        told = hello(client)
        assert told.status_code == 200 and '"name":"clipsearch"' in told.text
        assert told.headers["content-security-policy"].startswith("default-src 'none'")
        session = {**ACCEPT, "Mcp-Session-Id": told.headers["mcp-session-id"]}
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        assert client.post("/mcp", json=ping, headers=session).status_code == 200
        assert client.delete("/mcp", headers=session).status_code == 200
        assert client.post("/mcp", json=ping, headers=session).status_code == 404


def test_no_other_page_reaches_them(samples: Path) -> None:
    with client_of(samples) as client:
        for headers in FOREIGN:
            assert hello(client, **headers).status_code == 403, headers
            assert client.get("/mcp", headers={**ACCEPT, **headers}).status_code == 403, headers
            assert client.delete("/mcp", headers={"Mcp-Session-Id": "x", **headers}).status_code == 403, headers
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            assert hello(client, **{"Content-Type": kind}).status_code == 415, kind
        assert hello(client, **{"Content-Type": "application/octet-stream"}).status_code == 400
        assert client.options("/mcp", headers={"Origin": "http://evil.com"}).status_code in (403, 405)
        assert not any("access-control" in name for name in hello(client).headers)


def test_names_that_the_server_goes_by_are_let_through(samples: Path) -> None:
    """The SDK knows but those of this machine, and is not asked."""
    names = frozenset(("localhost", "photos.example"))
    with client_of(samples, names=names) as client:
        assert hello(client, Host="photos.example:8765").status_code == 200
        assert hello(client, Host="photos.example:8765", Origin="http://photos.example:8765").status_code == 200
        assert hello(client, Host="127.0.0.1:8765").status_code == 403


def test_the_token_is_asked_for_as_programs_send_it(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.safety.guard.WRONG_TOKEN_SECONDS", 0.0)
    with client_of(samples, token=TOKEN) as client:
        for headers in ({}, {"Authorization": "Bearer wrong-wrong-wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            told = hello(client, **headers)
            assert (told.status_code, "Authorization: Bearer" in told.json()["error"]) == (401, True)
        assert hello(client, Authorization=f"Bearer {TOKEN}").status_code == 200


def test_a_server_that_changes_nothing_still_answers_them(samples: Path) -> None:
    with client_of(samples, read_only=True, agents="write") as client:
        told = hello(client)
        session = {**ACCEPT, "Mcp-Session-Id": told.headers["mcp-session-id"]}
        listed = client.post("/mcp", json={"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, headers=session)
        assert listed.status_code == 200 and "search_photos" in listed.text and "save_labels" not in listed.text
        assert client.delete("/mcp", headers=session).status_code == 200
        assert client.post("/api/v1/label-sets", json={}).status_code == 403


@pytest.mark.parametrize(("agents", "writes"), [("read", False), ("write", True)])
def test_what_they_may_do_is_told_at_the_start(samples: Path, agents: str, writes: bool) -> None:
    with client_of(samples, agents=agents) as client:
        session = {**ACCEPT, "Mcp-Session-Id": hello(client).headers["mcp-session-id"]}
        listed = client.post("/mcp", json={"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, headers=session)
        assert ("save_labels" in listed.text) is writes


def test_where_none_are_answered_it_is_said_why(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(samples, agents="off") as client:
        told = hello(client)
        assert (told.status_code, "--agents off" in told.json()["error"]) == (404, True)
    monkeypatch.setattr(assistants, "is_installed", lambda extra: False)
    with client_of(samples) as client:
        told = hello(client)
        assert (told.status_code, "needs the extra mcp; run: " in told.json()["error"]) == (501, True)


def test_what_can_t_be_loaded_is_tried_again(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = assistants._load
    monkeypatch.setattr(assistants, "_load", lambda: 1 / 0)
    with client_of(samples) as client:
        assert hello(client).status_code == 500
        monkeypatch.setattr(assistants, "_load", load)
        assert hello(client).status_code == 200


def test_sessions_are_limited_and_those_that_are_open_go_on(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.agents.over_http.MOST_SESSIONS", 2)
    with client_of(samples) as client:
        first = hello(client).headers["mcp-session-id"]
        assert hello(client).status_code == 200 and hello(client).status_code == 503
        assert client.delete("/mcp", headers={"Mcp-Session-Id": first}).status_code == 200
        assert hello(client).status_code == 200


def test_a_session_that_nobody_uses_ends(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.agents.over_http.IDLE_SECONDS", 0.2)
    with client_of(samples) as client:
        session = {**ACCEPT, "Mcp-Session-Id": hello(client).headers["mcp-session-id"]}
        ping, end = {"jsonrpc": "2.0", "id": 2, "method": "ping"}, time.monotonic() + 600
        while client.post("/mcp", json=ping, headers=session).status_code != 404:
            assert time.monotonic() < end
            time.sleep(0.6)


def test_whatever_is_asked_ends_in_a_refusal_or_an_answer(samples: Path) -> None:
    bodies = (b"", b"{", b"[]", b"null", b"1", b'{"jsonrpc": "2.0"}', b"[" * 50_000, b"\xff\xfe", b'"' + b"x" * 9000)
    versions = ("", "2025-06-18", "2026-07-28", "nonsense", "9999-99-99")
    accepts = ("", "*/*", "application/json", "text/event-stream", ACCEPT["Accept"])
    kinds = ("application/json", "application/json; charset=utf-16", "text/plain")
    with client_of(samples) as client:
        for number, method in enumerate(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD")):
            for each, body in enumerate(bodies):
                headers = {
                    "Accept": accepts[(number + each) % 5],
                    "Content-Type": kinds[each % 3],
                    "Mcp-Protocol-Version": versions[(number * 2 + each) % 5],
                    "Mcp-Session-Id": ("", "nonsense", "x" * 5000)[each % 3],
                }
                told = client.request(method, "/mcp", content=body, headers=headers)
                assert 400 <= told.status_code < 500 or told.status_code in (200, 202), (method, headers, body[:20])
                assert "Traceback" not in told.text
        for path in ("/mcp/", "/mcp/x", "//mcp", "/MCP", "/mcp%2f"):
            assert client.post(path, json=HELLO, headers=ACCEPT).status_code in (307, 404, 405), path
        large = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "x" * JSON_BYTES}}
        assert client.post("/mcp", json=large, headers=ACCEPT).status_code == 413
        assert hello(client).status_code == 200


@pytest.mark.parametrize("grid", [True, False])
def test_the_grid_in_the_chat_is_offered_unless_it_is_left_out(samples: Path, grid: bool) -> None:
    with client_of(samples, grid=grid) as client:
        session = {**ACCEPT, "Mcp-Session-Id": hello(client).headers["mcp-session-id"]}
        listed = client.post("/mcp", json={"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, headers=session)
        assert listed.status_code == 200 and ("ui://" in listed.text) is grid
