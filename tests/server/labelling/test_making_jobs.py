"""Labelling as a job: its progress, its end, and stopping it at any moment, with nothing stored."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from search.labels.labelling import label_library
from server.jobs.job import Job, Stopped
from server.labelling import making
from server.opened.open_library import OpenLibrary
from server.running.app import make_app

THINGS = {"classes": [{"name": "cup"}, {"name": "car"}], "name": "things"}


def begun(client: TestClient, address: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/api/v1/label-sets{address}", json=body)
    assert answer.status_code in (200, 202), answer.text
    job: dict[str, Any] = answer.json()
    return job


def ended(client: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    while job["state"] == "running":
        job = client.get(f"/api/v1/jobs/{job['id']}").json()
    return job


def test_a_set_is_made_by_a_job(client: TestClient) -> None:
    job = ended(client, begun(client, "/jobs", THINGS))
    made = job["result"]
    assert (job["state"], job["kind"], made["set"]["name"]) == ("done", "label set", "things")
    assert job["sentence"] == f"{made['judged']} pictures labelled." and made["judged"] == made["set"]["judged"] > 20
    again = ended(client, begun(client, f"/{made['set']['id']}/jobs", {}))
    assert again["state"] == "done" and again["result"]["judged"] == 0


def test_what_can_not_be_made_is_said_by_the_job(client: TestClient) -> None:
    job = ended(client, begun(client, "/jobs", {"classes": [{"name": "cup"}], "other": False}))
    assert job["state"] == "failed" and "cup" in job["error"]
    assert client.post("/api/v1/label-sets/999/jobs", json={}).status_code == 404


def test_nothing_is_begun_where_nothing_may_be_written(samples: Path) -> None:
    with TestClient(make_app(OpenLibrary(samples, read_only=True)), base_url="http://127.0.0.1:8765") as client:
        answer = client.post("/api/v1/label-sets/jobs", json=THINGS)
        assert answer.status_code == 403 and "--read-only" in answer.json()["error"]
        assert client.get("/api/v1/jobs").json() == {"jobs": []}


def test_it_is_stopped_while_a_model_is_loaded(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    loading, loaded, over = threading.Event(), threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> Any:
        loading.set()
        assert loaded.wait(60)
        try:
            return label_library(*args, **options)
        finally:
            over.set()

    monkeypatch.setattr(making, "label_library", slow)
    job = begun(client, "/jobs", THINGS)
    assert job["state"] == "running" and loading.wait(60)
    stopped = client.post(f"/api/v1/jobs/{job['id']}/stop").json()
    assert stopped["state"] == "stopped" and stopped["sentence"] == "Stopped; no label was stored."
    loaded.set()
    assert over.wait(60)
    assert client.get("/api/v1/label-sets").json() == {"sets": []}
    assert client.get(f"/api/v1/jobs/{job['id']}").json() == stopped


def test_what_is_being_stored_is_stored_in_whole() -> None:
    job = Job("label set", "Labelling", 0, if_stopped="Stopped.")
    job.at("Judging", 3, 10)
    job.at("Storing", 0, 10, may_stop=False)
    job.stop()
    assert job.state == "running"
    job.end({"sentence": "Done."})
    with pytest.raises(Stopped):
        job.at("Storing", 1, 10)
    job.fail("too late")
    assert (job.state, job.sentence) == ("done", "Done.")
