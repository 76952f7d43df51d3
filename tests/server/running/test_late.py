"""Routes that are loaded after the first page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.server.opened.conftest import HERE

LATE = ("server.job_api.actions", "server.labelling.labels", "server.jobs.all_jobs", "server.api.stats")


def test_the_page_waits_for_none_of_them() -> None:
    """They take a quarter of the start."""
    code = (
        f"import sys, server.running.app, server.running.serving; sys.exit(any(one in sys.modules for one in {LATE}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_they_are_there_for_whoever_asks_first(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.running.app.SECONDS", 1000.0)
    app = make_app(OpenLibrary(samples))
    with TestClient(app, base_url=HERE) as client:
        for path in ("session", "search?limit=1", "images/1"):
            assert client.get(f"/api/v1/{path}").status_code == 200
        assert not app.state.late.is_loaded
        assert client.get("/api/v1/label-sets").status_code == 200
        assert client.get("/api/v1/stats").status_code == 200 and app.state.late.is_loaded
        assert client.get("/api/v1/nothing").status_code == 404


def test_the_document_has_them_all(samples: Path) -> None:
    paths = make_app(OpenLibrary(samples)).openapi()["paths"]
    assert {"/api/v1/search", "/api/v1/actions", "/api/v1/label-sets", "/api/v1/index", "/api/v1/plane"} <= set(paths)
