"""What every answer tells a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import clipsearch
from server.running.app import VIEWS
from tests.server.safety.test_guard import EVERYWHERE


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_answer_is_without_the_headers(client: TestClient, path: str) -> None:
    for told in (client.get(path), client.get(path, headers={"Host": "evil.com"}), client.request("PUT", path)):
        policy = told.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy and "data:" not in policy
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.headers["referrer-policy"] == "no-referrer"
        assert told.headers["cross-origin-opener-policy"] == "same-origin"
        assert told.headers["cross-origin-resource-policy"] == "same-origin"
        assert "geolocation=()" in told.headers["permissions-policy"]


@pytest.mark.parametrize("path", VIEWS)
def test_pages_run_only_their_own_scripts_and_trust_no_text(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert "script-src 'self'" in policy and "require-trusted-types-for 'script'" in policy
    assert "style-src 'self'" in policy and "base-uri 'none'" in policy and "form-action 'none'" in policy


def test_page_files_are_asked_for_again_and_not_sent_twice(client: TestClient) -> None:
    for path in ("/", "/page/app.js"):
        told = client.get(path)
        assert (told.status_code, told.headers["cache-control"]) == (200, "no-cache")
        again = client.get(path, headers={"If-None-Match": told.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_answers_of_the_api_are_kept_nowhere(client: TestClient) -> None:
    assert client.get("/api/v1/session").headers["cache-control"] == "no-store"


OUTSIDE = (
    *("/page/../app.py", "/page/%2e%2e/errors.py", "/page/..%2ferrors.py", "/page//etc/passwd", "/page/%2fetc/passwd"),
    *("/page/..\\errors.py", "/page/%00", "/page/", "/page/views", "/page/%0a"),
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_address_leads_out_of_the_page(client: TestClient, path: str) -> None:
    told = client.get(path)
    assert told.status_code == 404 and "import" not in told.text


def test_names_and_labels_are_json_and_nothing_else(client: TestClient, samples: Path) -> None:
    script = "<script>alert(1)</script>"
    with clipsearch.open(samples) as library:
        list(library.label(f"{script},car", name=script))
    bodies: list[dict[str, Any]] = [{"terms": [{"text": script}]}, {"filters": {"labels": [f"{script}:{script}"]}}]
    for told in (*(client.post("/api/v1/search", json=body) for body in bodies), client.get(f"/api/v1/{script}")):
        assert told.headers["content-type"] == "application/json"
        assert told.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/{script}").headers["content-type"].startswith("application/json")
