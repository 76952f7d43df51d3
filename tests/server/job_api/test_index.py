"""Index runs of the page, with the real command and the built-in model, over a real socket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

import clipsearch
from indexer.store.lock import lock_holder, only_writer
from indexer.store.store import Store
from server.jobs import index_run
from tests.conftest import SAMPLES
from tests.server.held_children import MANY, held_index
from tests.server.job_api.serving import LONG, served, served_apart

INDEX = "/api/v1/index"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder with one picture, which a test may change."""
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(SAMPLES / "car-red.jpg", folder / "first.jpg")
    return folder


@pytest.fixture
def own_library(tmp_path: Path, photos: Path) -> Path:
    """Return a library of that folder."""
    with clipsearch.open(tmp_path / "own", model="builtin") as library:
        library.index([photos])
    return tmp_path / "own"


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have index runs wait after their first pictures until this file is there, or they are told to stop."""
    monkeypatch.setattr(index_run, "PROGRAM", held_index(tmp_path / "gate"))
    return tmp_path / "gate"


@pytest.fixture
def server(own_library: Path) -> Iterator[httpx.Client]:
    """Serve it on a real socket."""
    with served(own_library) as client:
        yield client


def wait(what: Callable[[], Any]) -> Any:
    """Wait until something is so, and return it."""
    until = time.monotonic() + LONG
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def ended(server: httpx.Client) -> dict[str, Any]:
    """Wait until no run goes on, and return the state."""
    state: dict[str, Any] = wait(lambda: None if (now := server.get("/index").json())["running"] else now)
    return state


def many(photos: Path) -> None:
    """Put many pictures of their own bytes into a folder."""
    source = (SAMPLES / "car-blue.jpg").read_bytes()
    for number in range(MANY):
        (photos / f"{number:05}.jpg").write_bytes(source + number.to_bytes(4, "big"))


def test_a_new_picture_is_encoded_and_found_and_a_bad_one_listed(server: httpx.Client, photos: Path) -> None:
    shutil.copy(SAMPLES / "cup-white.jpg", photos / "cup.jpg")
    (photos / "bad.jpg").write_text("no picture")
    before = server.get("/index").json()
    assert (before["running"], before["pictures"], [root["path"] for root in before["roots"]]) == (
        False,
        1,
        [str(photos)],
    )
    started = server.post("/index", json={"roots": [before["roots"][0]["id"]]})
    assert started.status_code == 202 and started.json()["mine"]
    state = ended(server)
    assert (state["pictures"], state["failures"]) == (2, 1)
    assert state["last"]["ok"] and state["last"]["sentence"].startswith("1 picture encoded")
    failures = server.get("/failures").json()
    assert [(one["path"], one["lasting"]) for one in failures["failures"]] == [(str(photos / "bad.jpg"), True)]
    assert "not a picture" in failures["failures"][0]["reason"] and failures["cursor"] is None
    found = server.post("/search", json={"terms": [{"text": "a cup"}]}).json()
    assert found["hits"][0]["name"] == "cup.jpg" and found["total"] == 2


def has_begun(client: httpx.Client) -> bool:
    """Return whether some pictures are encoded."""
    return bool((client.get("/index").json()["progress"] or {}).get("done", 0) > 0)


def test_events_come_until_the_run_ends(server: httpx.Client, photos: Path, gate: Path) -> None:
    many(photos)
    assert server.get("/index/events").status_code == 204
    server.post("/index", json={})
    with server.stream("GET", "/index/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        coming = parsed(stream.iter_lines())
        events = [next(coming)]
        gate.touch()
        events += coming
    assert {kind for kind, _ in events[:-1]} == {"state"} and events[-1][0] == "end"
    assert events[0][1]["mine"] and not events[-1][1]["running"]
    assert events[-1][1]["pictures"] == MANY + 1
    steps = [state["progress"]["step"] for _, state in events[:-1]]
    assert steps == sorted(steps, key=["looking", "loading", "encoding", "finishing"].index)


def parsed(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a stream."""
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def test_a_few_may_listen_and_who_goes_makes_room(server: httpx.Client, own_library: Path) -> None:
    release = hold(own_library)

    def listens() -> bool:
        with server.stream("GET", "/index/events") as again:
            return again.status_code == 200

    try:
        with contextlib.ExitStack() as open_streams:
            streams = [open_streams.enter_context(server.stream("GET", "/index/events")) for _ in range(4)]
            lines = [stream.iter_lines() for stream in streams]
            assert [next(of_stream) for of_stream in lines] == ["event: state"] * 4
            refused = server.get("/index/events")
            assert refused.status_code == 503 and "watching" in refused.json()["error"]
        assert wait(listens)
    finally:
        release()


def hold(library: Path) -> Callable[[], None]:
    """Hold a library's lock, as an index run of another process does, until what is returned is called."""
    held, release = threading.Event(), threading.Event()

    def run() -> None:
        with Store.open(library) as store, only_writer(store):
            held.set()
            release.wait(LONG)

    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(LONG)

    def let_go() -> None:
        release.set()
        thread.join()

    return let_go


def test_a_run_of_another_process_is_seen_and_no_second_one_starts(server: httpx.Client, own_library: Path) -> None:
    release = hold(own_library)
    state = server.get("/index").json()
    assert (state["running"], state["mine"]) == (True, False) and f"process {os.getpid()} on " in state["by"]
    refused = server.post("/index", json={})
    assert refused.status_code == 409 and state["by"] in refused.json()["error"]
    stop = server.post("/index/stop")
    assert stop.status_code == 409 and "no run" in stop.json()["error"]
    release()
    assert not server.get("/index").json()["running"]


def test_a_name_that_a_crash_left_is_nobody(own_library: Path) -> None:
    (own_library / "index.holder").write_text(json.dumps({"process": os.getpid(), "host": "here", "since": "now"}))
    assert lock_holder(own_library) is None


def test_a_run_is_stopped_gently_and_what_is_encoded_is_kept(server: httpx.Client, photos: Path, gate: Path) -> None:
    many(photos)
    server.post("/index", json={})
    second = server.post("/index", json={})
    assert second.status_code == 409 and "already" in second.json()["error"]
    wait(lambda: has_begun(server))
    assert server.post("/index/stop").json()["stopping"]
    state = ended(server)
    assert state["last"]["ok"] and state["last"]["sentence"].startswith("Stopped; what was encoded is kept")
    assert 1 < state["pictures"] < MANY + 1 and not gate.exists()


def test_a_run_ends_with_a_server_that_is_killed(own_library: Path, photos: Path, tmp_path: Path) -> None:
    """kill -9: the pipe closes, and the run stops after the pictures in hand."""
    many(photos)
    with served_apart(own_library, index=held_index(tmp_path / "gate")) as (process, client):
        client.post("/index", json={})
        wait(lambda: has_begun(client))
        holder = lock_holder(own_library)
        assert holder is not None and holder.process is not None
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        wait(lambda: not is_alive(holder.process or 0))
    with Store.open(own_library) as store:
        pictures = store.db.execute("SELECT count(*) FROM images").fetchone()[0]
        embeddings = store.db.execute("SELECT count(*) FROM embeddings").fetchone()[0]
    assert 1 < pictures == embeddings < MANY + 1 and lock_holder(own_library) is None


def is_alive(process: int) -> bool:
    """Return whether a process goes on; one that only its parent has not asked for yet has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_is_killed_says_so_and_the_next_goes_on(
    server: httpx.Client, photos: Path, own_library: Path, gate: Path
) -> None:
    many(photos)
    server.post("/index", json={})
    process = wait(lambda: (holder := lock_holder(own_library)) and holder.process)  # it may be writing its name
    os.kill(process, signal.SIGKILL)
    state = ended(server)
    assert not state["last"]["ok"] and "signal 9" in state["last"]["sentence"]
    gate.touch()
    assert server.post("/index", json={}).status_code == 202
    assert ended(server)["pictures"] == MANY + 1


def test_only_known_folders_are_indexed(client: TestClient) -> None:
    for roots in ([], [99], [2**70]):
        refused = client.post(INDEX, json={"roots": roots})
        assert refused.status_code == 400 and "folders that the library has" in refused.json()["error"]
    assert client.post(INDEX, json={"roots": ["/etc"]}).status_code == 422
    assert client.post(INDEX, json={"folders": ["/etc"]}).status_code == 422


def test_a_root_that_is_gone_is_told(client: TestClient, samples: Path, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "gone")
    with clipsearch.open(samples) as library:
        library.index([tmp_path / "gone"])
    shutil.rmtree(tmp_path / "gone")
    roots = {root["path"]: root for root in client.get(INDEX).json()["roots"]}
    assert roots[str(tmp_path / "gone")]["state"] == "not there"
    client.post(INDEX, json={"roots": [roots[str(tmp_path / "gone")]["id"]]})
    state = wait(lambda: None if (now := client.get(INDEX).json())["running"] else now)
    assert not state["last"]["ok"] and state["last"]["sentence"]


def test_failures_come_in_pages(client: TestClient, samples: Path) -> None:
    with Store.open(samples) as store:
        for number in range(5):
            store.db.execute(
                "INSERT INTO failures (root, path, size, mtime_ns, reason, failed_at)"
                " VALUES (1, ?, 1, 1, 'bad', 'now')",
                [f"{number}.jpg"],
            )
    pages, cursor = [], None
    for _ in range(3):
        after = {"cursor": cursor} if cursor else {}
        page = client.get("/api/v1/failures", params={"limit": "2", **after}).json()
        pages.append([Path(one["path"]).name for one in page["failures"]])
        cursor = page["cursor"]
    assert pages == [["0.jpg", "1.jpg"], ["2.jpg", "3.jpg"], ["4.jpg"]] and cursor is None and page["total"] == 5
    assert client.get("/api/v1/failures", params={"cursor": "x"}).status_code == 400
