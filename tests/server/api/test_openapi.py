"""Whatever the OpenAPI document allows is answered as it says, whatever it does not is a sentence; nothing is 500."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from starlette.testclient import TestClient

from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.server.opened.conftest import HERE

STARTS_SOMETHING = {("post", "/api/v1/index")}  # which has tests of its own, and takes long
PATIENCE = 120  # seconds that an answer may take on a busy machine
EXAMPLES = 6  # of each operation
FINE = frozenset(range(200, 500))
CONFORMING = ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]
NAMED = {"Host": "127.0.0.1:8765"}
DEEP = b"[" * 100_000
GARBAGE = (b"", b"{", b"null", b"[]", b'"x"', b"{}" * 9, b"\xff\xfe", DEEP, b'{"terms": ' + DEEP, b"1e999", b"NaN")
KINDS = ("application/json", "application/json; charset=utf-16", "text/plain", "application/octet-stream", "\xff")


@pytest.fixture
def app(samples: Path) -> Any:
    return make_app(OpenLibrary(samples))


@pytest.fixture
def client(app: Any) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE) as asking:
        yield asking


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in document["paths"].items():
        yield from ((method, path) for method in methods)


def filled(path: str, value: str) -> str:
    """Return a path with a value in place of each parameter."""
    return re.sub(r"\{\w+\}", lambda _: value, path)


def told_well(answer: Any, what: object) -> None:
    """Assert that an answer is none of a server that is at a loss."""
    assert answer.status_code in FINE, (what, answer.status_code, answer.content[:300])
    assert b"Traceback" not in answer.content
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 400 and "application/json" in kind and answer.content:
        error = answer.json()["error"]
        assert error and "\n" not in error and list(answer.json()) == ["error"], what


def test_what_the_document_allows_is_answered_as_it_says(client: TestClient, app: Any) -> None:
    load_all_checks()
    assert client.get("/api/v1/search", params={"q": "cup"}).status_code == 200  # the model is loaded
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=NAMED)
    seen = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method, operation.path) not in STARTS_SOMETHING:
            _ask(operation)
            seen += 1
    assert seen > 25


def _ask(operation: Any) -> None:
    """Ask one operation whatever its description allows."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        answer = case.call(headers=NAMED, timeout=PATIENCE)
        told_well(answer, (case.method, case.formatted_path, case.query, case.body))
        case.validate_response(answer, checks=CHECKS.get_by_names(CONFORMING))

    ask()


def test_odd_requests_for_every_address_are_sentences(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    odd = _odd(random.Random(7))
    for method, path in operations(document):
        if (method, path) in STARTS_SOMETHING:
            continue
        for value, content, kind in itertools.islice(odd, 24):
            address = filled(path, value)
            answer = client.request(method, address, content=content, headers={"Content-Type": kind.encode("latin-1")})
            told_well(answer, (method, address, content[:40], kind))


def _odd(choices: random.Random) -> Iterator[tuple[str, bytes, str]]:
    values = ("1", "0", "-1", "99999999999999999999", "x", "%00", "..%2f..", "1e3", "<script>", "%ff", "NaN", "1.5")
    while True:
        yield choices.choice(values), choices.choice(GARBAGE), choices.choice(KINDS)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW"])
def test_every_method_at_every_address(client: TestClient, method: str) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path in (*document["paths"], "/", "/labels", "/page/app.js", "/api/v1/openapi.json"):
        if (method.lower(), path) in STARTS_SOMETHING or path.endswith("/events"):
            continue
        address = filled(path, "1")
        answer = client.request(method, address, headers={"Content-Type": "application/json"})
        told_well(answer, (method, address))


def test_foreign_hosts_and_pages_get_nothing_from_any_address(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for method, path in operations(document):
        address = filled(path, "1")
        for headers in ({"Host": "evil.com"}, {"Origin": "http://evil.com"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.request(method, address, json={} if method != "get" else None, headers=headers)
            assert answer.status_code == 403, (method, address, headers)


def test_the_document_says_what_errors_are(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert "HTTPValidationError" not in json.dumps(document)
    for method, path in operations(document):
        responses = document["paths"][path][method]["responses"]
        assert {"400", "403", "422", "503"} <= set(responses), (method, path)
