"""kill -9 and full disks in the middle of an action: nothing is lost, and what was made can be taken back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from indexer.store.store import Store
from search.export.manifest import MANIFEST
from search.journal.undo import actions
from server.jobs import job_list
from tests.conftest import run
from tests.fakes import ColourEncoder
from tests.processes import command_of
from tests.server.held_children import COUNT, HELD_AT, IN_A_COPY, UNTIL_STOPPED
from tests.server.job_api.serving import LONG, served, served_apart

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
    """Return the bytes of some pictures, by path."""
    from PIL import Image

    folder = tmp_path / "originals"
    folder.mkdir()
    files = {}
    for number in range(COUNT):
        path = folder / f"{number:04}.png"
        Image.new("RGB", (8, 8), (number, 200, 7)).save(path)
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


def has_begun(folder: Path) -> bool:
    """Return whether as much is there as a held child makes."""
    return folder.exists() and len(list(folder.glob("*.png"))) >= HELD_AT


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
@pytest.mark.parametrize(("kind", "program"), [("copy", IN_A_COPY), ("link", UNTIL_STOPPED)])
def test_a_child_that_is_killed_leaves_what_undo_takes_back(
    library: Path,
    originals: dict[Path, bytes],
    tmp_path: Path,
    kind: str,
    program: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job_list, "PROGRAM", program)
    best = tmp_path / "best"
    with served(library) as client:
        job = start(client, kind=kind, to=str(best))
        wait(client, job, lambda _: has_begun(best))
        os.kill(child_of(os.getpid()), signal.SIGKILL)
        job = wait(client, job, is_over)
        assert job["state"] == "failed" and "signal 9" in job["error"]
        assert HELD_AT <= len(os.listdir(best)) < COUNT
        check_undone(client, library, best, originals)


def test_an_action_ends_with_a_server_that_is_killed(
    library: Path, originals: dict[Path, bytes], tmp_path: Path
) -> None:
    """kill -9: the pipe closes, and the child stops after the file in hand, with its manifest written."""
    best = tmp_path / "best"
    with served_apart(library, job=UNTIL_STOPPED) as (process, client):
        wait(client, start(client, kind="copy", to=str(best)), lambda _: has_begun(best))
        (child,) = (one for one in psutil.Process(process.pid).children() if "child_main" in " ".join(command_of(one)))
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        assert not psutil.wait_procs([child], timeout=LONG)[1]
    assert (best / MANIFEST).exists()
    made = [name for name in os.listdir(best) if name.endswith(".png")]
    assert len(made) == HELD_AT
    with served(library) as client:
        action = client.get("/actions").json()["actions"][0]
        job = wait(client, client.post(f"/actions/{action['id']}/undo", json={"dry_run": False}).json(), is_over)
        assert job["result"]["taken_back"] == len(made) + 1
    assert not best.exists() and {path: path.read_bytes() for path in originals} == originals


def test_a_job_is_stopped_and_what_it_did_is_taken_back(
    library: Path, originals: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_list, "PROGRAM", UNTIL_STOPPED)
    best = tmp_path / "best"
    with served(library) as client:
        job = start(client, kind="copy", to=str(best))
        second = client.post("/actions", json={"kind": "copy", "to": str(tmp_path / "other")}).json()
        busy = client.post(
            "/actions", json={"kind": "copy", "to": str(tmp_path / "other"), "dry_run": False, "plan": second["plan"]}
        )
        assert busy.status_code == 409 and "Another job" in busy.json()["error"]
        wait(client, job, lambda told: told["done"] == HELD_AT)
        client.post(f"/jobs/{job['id']}/stop")
        job = wait(client, job, is_over)
        assert job["state"] == "stopped" and job["sentence"].startswith(f"Stopped. Copied {HELD_AT} ")
        assert job["result"]["done"] == HELD_AT
        undo = client.post(f"/actions/{job['result']['action']}/undo", json={"dry_run": False}).json()
        assert wait(client, undo, is_over)["result"]["taken_back"] == HELD_AT + 1
        assert not best.exists()


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
