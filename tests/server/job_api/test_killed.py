"""kill -9 and full disks in the middle of an action: nothing is lost, and what was made can be taken back."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from indexer.store.store import Store
from search.export.manifest import MANIFEST
from search.journal.undo import actions
from server.jobs import job_list
from tests.conftest import run
from tests.fakes import ColourEncoder
from tests.server.job_api.serving import LONG, served, served_apart

COUNT = 2000  # pictures: copying them takes longer than it takes to kill who copies
FULL_AFTER = """
import errno, itertools
from search.journal import links_and_copies as made
copied, calls = made._copied, itertools.count()
def until_full(source, part):
    if next(calls) == 3:
        raise OSError(errno.ENOSPC, "No space left on device")
    return copied(source, part)
made._copied = until_full
from server.children.child_main import main; main()
"""


@pytest.fixture
def originals(tmp_path: Path) -> dict[Path, bytes]:
    """Return the bytes of many pictures, by path."""
    from PIL import Image

    folder = tmp_path / "originals"
    folder.mkdir()
    files = {}
    for number in range(COUNT):
        path = folder / f"{number:04}.png"
        Image.new("RGB", (8, 8), (number % 256, number // 256, 7)).save(path)
        files[path] = path.read_bytes()
    return files


@pytest.fixture
def library(tmp_path: Path, originals: dict[Path, bytes], encoder: ColourEncoder) -> Path:
    """Return a library of these."""
    with Store.create(tmp_path / "library") as store:
        run(store, next(iter(originals)).parent, encoder)
    return tmp_path / "library"


def start(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """Start an action on all pictures, and return its job."""
    plan = client.post("/actions", json=body).json()
    assert plan["pictures"] == COUNT
    answer = client.post("/actions", json={**body, "dry_run": False, "plan": plan["plan"]})
    return dict(answer.json())


def wait(client: httpx.Client, job: dict[str, Any], until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until something is so of a job, and return it."""
    patience = time.monotonic() + LONG
    while not until(job):
        assert time.monotonic() < patience
        time.sleep(0.02)
        job = client.get(f"/jobs/{job['id']}").json()
    return job


def is_over(job: dict[str, Any]) -> bool:
    """Return whether a job has ended."""
    return job["state"] != "running"


def child_of(process: int) -> int:
    """Return the one child process of a process that carries an action out."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == process and b"child_main" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
    raise AssertionError("no child process")


def check_undone(client: httpx.Client, library: Path, folder: Path, originals: dict[Path, bytes]) -> None:
    """Take the last action back, and see that nothing is left of it and no original was touched."""
    action = actions(library)[0]
    assert action.state == "interrupted"
    job = client.post(f"/actions/{action.id}/undo", json={"dry_run": False}).json()
    job = wait(client, job, is_over)
    assert (job["state"], job["result"]["kept"]) == ("done", [])
    assert not folder.exists()
    assert {path: path.read_bytes() for path in originals} == originals


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the child process in /proc")
@pytest.mark.parametrize("kind", ["copy", "link"])
def test_a_child_that_is_killed_leaves_what_undo_takes_back(
    library: Path, originals: dict[Path, bytes], tmp_path: Path, kind: str
) -> None:
    best = tmp_path / "best"
    with served(library) as client, ThreadPoolExecutor(1) as asking:  # which waits a second for the job's end
        starting = asking.submit(start, client, kind=kind, to=str(best))
        until, child = time.monotonic() + LONG, None
        while child is None or not best.exists() or len(os.listdir(best)) <= 3:
            assert time.monotonic() < until
            with contextlib.suppress(AssertionError):
                child = child or child_of(os.getpid())
        os.kill(child, signal.SIGKILL)
        job = wait(client, starting.result(), is_over)
        assert job["state"] == "failed" and "signal 9" in job["error"]
        assert 0 < len(os.listdir(best)) < COUNT
        check_undone(client, library, best, originals)


def test_an_action_ends_with_a_server_that_is_killed(
    library: Path, originals: dict[Path, bytes], tmp_path: Path
) -> None:
    """kill -9: the pipe closes, and the child stops after the file in hand, with its manifest written."""
    best = tmp_path / "best"
    with served_apart(library) as (process, client):
        start(client, kind="copy", to=str(best))
        until = time.monotonic() + LONG
        while not best.exists() or len(os.listdir(best)) < 4:
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        while not (best / MANIFEST).exists():
            assert time.monotonic() < until
            time.sleep(0.02)
    made = [name for name in os.listdir(best) if name.endswith(".png")]
    if len(made) == COUNT:
        pytest.skip("this machine had copied all before the server was killed")
    assert 3 < len(made) < COUNT
    time.sleep(0.5)
    with served(library) as client:
        action = client.get("/actions").json()["actions"][0]
        job = wait(client, client.post(f"/actions/{action['id']}/undo", json={"dry_run": False}).json(), is_over)
        assert job["result"]["taken_back"] == len(made) + 1
    assert not best.exists() and {path: path.read_bytes() for path in originals} == originals


def test_a_job_is_stopped_and_what_it_did_is_taken_back(
    library: Path, originals: dict[Path, bytes], tmp_path: Path
) -> None:
    best = tmp_path / "best"
    with served(library) as client:
        job = start(client, kind="copy", to=str(best))
        second = client.post("/actions", json={"kind": "copy", "to": str(tmp_path / "other")}).json()
        busy = client.post(
            "/actions", json={"kind": "copy", "to": str(tmp_path / "other"), "dry_run": False, "plan": second["plan"]}
        )
        if client.get(f"/jobs/{job['id']}").json()["state"] != "running":
            pytest.skip("this machine had copied all before another action was asked for")
        assert busy.status_code == 409 and "Another job" in busy.json()["error"]
        client.post(f"/jobs/{job['id']}/stop")
        job = wait(client, job, is_over)
        if job["state"] == "done":
            pytest.skip("this machine had copied all before it was stopped")
        assert job["state"] == "stopped" and job["sentence"].startswith("Stopped. Copied ")
        assert job["result"]["done"] < COUNT
        if job["result"]["action"]:
            undo = client.post(f"/actions/{job['result']['action']}/undo", json={"dry_run": False}).json()
            assert wait(client, undo, is_over)["result"]["taken_back"] == job["result"]["done"] + 1
        assert not best.exists() or not os.listdir(best)


def test_a_full_disk_is_told_and_what_was_made_is_taken_back(
    library: Path, originals: dict[Path, bytes], tmp_path: Path
) -> None:
    best = tmp_path / "best"
    with served(library) as client:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(job_list, "PROGRAM", FULL_AFTER)
            job = wait(client, start(client, kind="copy", to=str(best)), is_over)
        assert job["state"] == "failed" and f"is full: 3 of {COUNT} pictures were copied" in job["error"]
        assert len([name for name in os.listdir(best) if name.endswith(".png")]) == 3
        action = client.get("/actions").json()["actions"][0]
        undo = client.post(f"/actions/{action['id']}/undo", json={"dry_run": False}).json()
        assert wait(client, undo, is_over)["state"] == "done"
    assert not best.exists()
