"""The server on real sockets: which addresses it listens on, and what slow, huge and broken requests come to."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from server.running import connections
from server.safety import bodies
from tests.server.opened.conftest import colours  # noqa: F401
from tests.server.running.conftest import LONG, Serve, Served, received

SEARCH = b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"


@pytest.fixture
def served(colours: Path, serve: Serve) -> Served:  # noqa: F811
    return serve(colours)


def dribble(one: socket.socket, piece: bytes) -> None:
    """Send a little again and again until the server answers or closes, which it has to."""
    until = time.monotonic() + LONG
    one.settimeout(0.05)
    with contextlib.suppress(ConnectionError):
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                one.sendall(piece)
                one.recv(100)
                return
        raise AssertionError("it was never cut off")


def status(answer: bytes) -> int:
    """Return the status of an answer, 0 if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def test_this_machine_reaches_it_under_both_addresses_and_no_other(served: Served) -> None:
    assert served.ask("/api/v1/session")[0] == 200
    families = [one.family for one in served.listening.sockets]
    if socket.AF_INET6 in families:
        assert served.ask("/api/v1/session", address="::1")[0] == 200
    ours = [
        one for one in psutil.Process().net_connections() if one.status == "LISTEN" and one.laddr.port == served.port
    ]
    assert {one.laddr.ip for one in ours} <= {"127.0.0.1", "::1"} and len(ours) == len(families)


def test_searches_are_answered(served: Served) -> None:
    code, answer = served.ask("/api/v1/search", {"terms": [{"text": "red"}]})
    assert (code, answer["hits"][0]["name"]) == (200, "red.png")


def test_answers_don_t_say_what_serves(served: Served) -> None:
    answer = served.raw(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % served.port)
    assert status(answer) == 200 and b"\r\nserver:" not in answer.lower() and b"content-security-policy" in answer


def test_another_host_is_refused_on_the_wire_too(served: Served) -> None:
    for host in (b"Host: evil.com\r\n", b"", b"Host: a\r\nHost: 127.0.0.1:%d\r\n" % served.port, b"Host: \xff\r\n"):
        answer = served.raw(b"GET /page/app.js HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
        assert status(answer) in (400, 403), answer
    assert status(served.raw(b"GET http://evil.com/ HTTP/1.0\r\n\r\n")) in (400, 403)


def test_who_connects_and_says_nothing_is_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    for said in (b"", b"GET / HTTP/1.1\r\n", b"GE"):
        assert served.raw(said) == b""


def test_a_head_that_dribbles_is_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with served.connected() as one:
        dribble(one, b"X")


def test_a_second_request_has_no_more_time_than_the_first(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with served.connected() as one:
        one.sendall(b"GET /api/v1/session HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % served.port)
        assert b"200 OK" in one.recv(65536)
        monkeypatch.setattr(connections, "HEAD_SECONDS", 0.4)
        one.sendall(b"GET /api/v1/sess")
        received(one)  # to the end


def test_a_body_that_dribbles_is_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", replace(bodies.PATIENCE, piece=0.3, json=1.0))
    head = SEARCH % served.port + b"Content-Length: 1000\r\n\r\n"
    answer = served.raw(head + b"{")
    assert status(answer) == 408 and b"took too long" in answer
    with served.connected() as one:
        one.sendall(head)
        dribble(one, b" ")


def test_a_huge_body_is_not_taken_in(served: Served) -> None:
    told = served.raw(SEARCH % served.port + b"Content-Length: 3000000\r\n\r\n")
    assert status(told) == 413 and b"larger than 2 MiB" in told
    for length in (b"-1", b"1e9", b"99999999999999999999999999"):
        assert status(served.raw(SEARCH % served.port + b"Content-Length: " + length + b"\r\n\r\n")) in (400, 413)
    with served.connected() as one:
        one.sendall(SEARCH % served.port + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 20 << 20:
                one.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                sent += 0x10000
        assert sent < 20 << 20
        assert status(received(one)) in (0, 413)  # a reset may overtake the answer


def test_a_huge_head_is_refused(served: Served) -> None:
    for head in (b"GET /" + b"a" * 100_000, b"GET / HTTP/1.1\r\nX: " + b"b" * 100_000):
        assert status(served.raw(head + b"\r\n\r\n")) in (0, 400, 431)


def test_what_is_no_request_gets_no_more_than_400(served: Served, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "HEAD_SECONDS", 0.5)  # for what could be the beginning of one
        for junk in (b"\x16\x03\x01\x02\x00\x01\x00", b"hello\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\0" * 500):
            assert status(served.raw(junk)) in (0, 400)
    upgrade = b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" % served.port
    with served.connected() as one:
        one.sendall(upgrade + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n")
        assert status(one.recv(65536)) in (200, 400)
    assert served.ask("/api/v1/session")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


def test_addresses_lead_out_of_the_page_in_no_spelling(served: Served) -> None:
    for path in (
        b"/page/../errors.py",
        b"/page/..%2f..%2ferrors.py",
        b"/page/%2e%2e/%2e%2e/etc/passwd",
        b"//etc/passwd",
    ):
        answer = served.raw(b"GET %b HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % (path, served.port))
        assert status(answer) == 404 and b"import" not in answer


def test_only_so_many_connections_are_held(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 5)
    with contextlib.ExitStack() as held:
        for _ in range(5):  # which the server takes in this order
            held.enter_context(served.connected())
        assert served.raw(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % served.port) == b""
    until, code = time.monotonic() + LONG, 0
    while code != 200:  # until the server has seen that they are closed
        assert time.monotonic() < until
        with contextlib.suppress(ConnectionError, http.client.HTTPException):
            code = served.ask("/api/v1/session")[0]


def test_memory_stays_flat(served: Served) -> None:
    """A short form of what benchmarks/serve.py measures: what leaks grows in each round."""
    process = psutil.Process()

    def searched(count: int) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=LONG)) as connection:
            for number in range(count):
                body = json.dumps({"terms": [{"text": "red"}], "cutoff": number / 100_000})
                connection.request("POST", "/api/v1/search", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                assert answer.status == 200 and answer.read()

    def grown() -> int:
        before = process.memory_info().rss
        searched(400)
        return int(process.memory_info().rss - before)

    searched(400)
    assert any(grown() < 1 << 20 for _ in range(12)), "bytes"
