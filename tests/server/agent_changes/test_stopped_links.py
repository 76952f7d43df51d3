"""link_to that is cancelled, and a server that is killed meanwhile: originals are whole, undo takes all of it back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from click.testing import CliRunner
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from cli.main import main
from indexer.store.store import Store
from search.export.manifest import MANIFEST
from search.journal.undo import actions
from server.jobs import job_list
from tests.conftest import REPOSITORY, run
from tests.fakes import ColourEncoder
from tests.processes import command_of
from tests.server.agent_changes.test_linking import contents
from tests.server.agent_tools.conftest import Assistants
from tests.server.held_children import COUNT, HELD_AT, UNTIL_STOPPED

LONG = 600.0  # seconds that nothing takes, however busy the machine is
SERVER = f"""
from server.jobs import job_list
job_list.PROGRAM = {UNTIL_STOPPED!r}
from cli.main import main; main()
"""


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Return a folder of some pictures."""
    from PIL import Image

    folder = tmp_path / "originals"
    folder.mkdir()
    for number in range(COUNT):
        Image.new("RGB", (8, 8), (number, 200, 7)).save(folder / f"{number:04}.png")
    return folder


@pytest.fixture
def samples(tmp_path: Path, originals: Path, encoder: ColourEncoder) -> Path:
    """Return a library of these, in place of the samples."""
    with Store.create(tmp_path / "library") as store:
        run(store, originals, encoder)
    return tmp_path / "library"


async def copying(client: Client, best: Path, planned: dict[str, Any], begun: anyio.Event | None = None) -> None:
    """Copy all, and say when that goes on."""

    async def note(done: float, total: float | None, message: str | None) -> None:
        if done and begun is not None:
            begun.set()

    await client.call_tool("link_to", {**planned, "folder": str(best), "copy": True}, progress_callback=note)


async def plan(client: Client, best: Path) -> dict[str, Any]:
    """Return the arguments that copy all."""
    arguments = {"filters": {"types": ["png"]}}
    planned = await client.call_tool("link_to", {**arguments, "folder": str(best), "copy": True})
    assert planned.structured_content is not None and planned.structured_content["photos"] == COUNT
    return {**arguments, "plan": planned.structured_content["plan"]}


async def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    with anyio.fail_after(LONG):
        while not what():
            await anyio.sleep(0.02)


def copies(folder: Path) -> list[str]:
    """Return the copies that are there by now."""
    return [name for name in os.listdir(folder) if name.endswith(".png")] if folder.exists() else []


def test_what_is_cancelled_stops_and_is_taken_back(
    assistants: Assistants, originals: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_list, "PROGRAM", UNTIL_STOPPED)
    best, before = tmp_path / "best", contents(originals)
    writer = assistants(allow_write=True)

    async def cancel() -> None:
        async with Client(writer.server) as client:
            planned, begun = await plan(client, best), anyio.Event()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(copying, client, best, planned, begun)
                with anyio.fail_after(LONG):
                    await begun.wait()
                tasks.cancel_scope.cancel()
            await until(lambda: writer.agent.jobs.actions.all()[0].state != "running")

    anyio.run(cancel)
    job = writer.agent.jobs.actions.all()[0]
    assert job.state == "stopped" and len(copies(best)) == HELD_AT
    would = writer.ask("undo", what="links")
    assert would["taken_back"] == len(copies(best)) + 1
    assert writer.ask("undo", what="links", plan=would["plan"])["kept"] == []
    assert not best.exists() and contents(originals) == before


def processes_of(library: Path) -> list[psutil.Process]:
    """Return the process that serves a library to assistants, and those that it has started."""
    (server,) = (one for one in psutil.Process().children() if str(library) in command_of(one))
    return [server, *server.children(recursive=True)]


def test_a_server_that_is_killed_leaves_what_undo_takes_back(originals: Path, samples: Path, tmp_path: Path) -> None:
    """kill -9: the pipe closes, and the child stops after the file in hand, with its manifest written."""
    best, before = tmp_path / "best", contents(originals)
    arguments = ["-c", SERVER, "mcp", "--allow-write", "--library", str(samples)]
    running: list[psutil.Process] = []
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment, cwd=str(REPOSITORY))

    async def kill() -> None:
        async with Client(server) as client, anyio.create_task_group() as tasks:
            planned = await plan(client, best)
            tasks.start_soon(copying, client, best, planned)
            await until(lambda: len(copies(best)) == HELD_AT)
            running.extend(processes_of(samples))
            running[0].kill()
            tasks.cancel_scope.cancel()

    anyio.run(kill)
    assert running[1:] and not psutil.wait_procs(running, timeout=LONG)[1]
    assert (best / MANIFEST).exists()
    assert len(copies(best)) == HELD_AT and len(actions(samples)) == 1
    undone = CliRunner().invoke(main, ["undo", "--library", str(samples)])
    assert undone.exit_code == 0 and f"{HELD_AT + 1} files removed" in undone.stderr
    assert not best.exists() and contents(originals) == before
