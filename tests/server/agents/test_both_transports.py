"""What holds over stdio and over HTTP alike, for the official client and real processes, with both protocols."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from tests.server.agents.conftest import LONG, MODES, MORE, SLOW, Serving, all_ids, found, on_stdio, structure

Target = str | StdioServerParameters


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest, many: Path) -> Target:
    """How a client reaches the thousand pictures."""
    if request.param == "stdio":
        return on_stdio(many, module=SLOW)
    serving: Serving = request.getfixturevalue("served")
    return serving.url


def with_client(target: Target, mode: str, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """Return what a function makes of a client."""

    async def connect() -> Any:
        with anyio.fail_after(LONG):
            async with Client(target, mode=mode) as client:
                return await use(client)

    return anyio.run(connect)


@asynccontextmanager
async def counting(client: Client, note: Path) -> AsyncIterator[None]:
    """Have something that takes half an hour go on during a with-block, and cancel it at the end."""
    begun = anyio.Event()

    async def told(done: float, total: float | None, message: str | None) -> None:
        begun.set()

    async def count() -> None:
        await client.call_tool("count_slowly", {"beats": 100_000, "note": str(note)}, progress_callback=told)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(count)
        await begun.wait()
        yield
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("mode", MODES)
def test_all_hits_of_a_thousand_come_page_by_page_and_none_twice(target: Target, mode: str) -> None:
    async def use(client: Client) -> None:
        first = await found(client, query="red envelope", limit=1)
        assert first["hits"][0]["name"] == "red-envelope.jpg" and first["total"] > MORE
        for arguments in ({"query": "red envelope"}, {}):
            ids = await all_ids(client, **arguments)
            assert len(ids) == len(set(ids)) == first["total"]

    with_client(target, mode, use)


@pytest.mark.parametrize("mode", MODES)
def test_progress_is_told(target: Target, mode: str, tmp_path: Path) -> None:
    async def use(client: Client) -> None:
        told: list[tuple[float, float | None, str | None]] = []

        async def note(done: float, total: float | None, message: str | None) -> None:
            told.append((done, total, message))

        arguments = {"beats": 60, "note": str(tmp_path / "note")}
        result = await client.call_tool("count_slowly", arguments, progress_callback=note)
        assert structure(result) == {"beats": 60}
        done = [one[0] for one in told]
        assert done[-1] == 59 and done == sorted(set(done)) and {one[1:] for one in told} == {(60, "Counting")}

    with_client(target, mode, use)
    assert (tmp_path / "note").read_text() == "counted"


@pytest.mark.parametrize("mode", MODES)
def test_what_is_cancelled_stops_and_the_next_is_answered(target: Target, mode: str, tmp_path: Path) -> None:
    note = tmp_path / "note"

    async def use(client: Client) -> None:
        async with counting(client, note):
            pass
        assert (await found(client, query="red envelope", limit=1))["matches"] >= 1
        await until(note.exists)

    with_client(target, mode, use)
    assert note.read_text() == "stopped"


@pytest.mark.parametrize("mode", MODES)
def test_a_quick_question_does_not_wait_for_long_work(target: Target, mode: str, tmp_path: Path) -> None:
    async def use(client: Client) -> None:
        async with counting(client, tmp_path / "note"):
            await found(client, query="red envelope", limit=1)

    with_client(target, mode, use)


def test_two_clients_at_once_each_get_their_own(target: Target) -> None:
    async def ask(query: str, name: str, modes: tuple[str, ...] = MODES) -> None:
        for mode in modes:
            async with Client(target, mode=mode) as client:
                for _ in range(5):
                    assert (await found(client, query=query, limit=1))["hits"][0]["name"] == name

    async def both() -> None:
        with anyio.fail_after(LONG):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask, "red envelope", "red-envelope.jpg")
                tasks.start_soon(ask, "a guitar", "guitar.jpg")

    anyio.run(both)


def test_a_write_tool_without_leave_says_how_to_allow_it(target: Target) -> None:
    async def use(client: Client) -> str:
        result = await client.call_tool("undo", {})
        assert result.is_error
        return str(result.content[0])

    told = with_client(target, MODES[0], use)
    assert ("clipsearch serve --agents write" if isinstance(target, str) else "clipsearch mcp --allow-write") in told


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end
        await anyio.sleep(0.02)
