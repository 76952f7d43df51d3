"""What the tests of jobs share: waiting for their end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

LONG = 600.0  # seconds that nothing takes, however busy the machine is

Act = Callable[..., dict[str, Any]]


@pytest.fixture
def ended(client: TestClient) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Wait for the end of a job, and return it."""

    def wait(job: dict[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + LONG
        while job["state"] == "running":
            assert time.monotonic() < until
            time.sleep(0.05)
            job = client.get(f"/api/v1/jobs/{job['id']}").json()
        return job

    return wait


@pytest.fixture
def act(client: TestClient, ended: Callable[[dict[str, Any]], dict[str, Any]]) -> Act:
    """Plan an action and carry it out; return the job when it has ended."""

    def do(**body: Any) -> dict[str, Any]:
        planned = client.post("/api/v1/actions", json=body)
        assert planned.status_code == 200, planned.text
        answer = client.post("/api/v1/actions", json={**body, "dry_run": False, "plan": planned.json()["plan"]})
        assert answer.status_code in (200, 202), answer.text
        return ended(answer.json())

    return do
