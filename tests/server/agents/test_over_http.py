"""/mcp of `clipsearch serve` for the official client: the token, streams that take long, and the end of the server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from server.agents import door
from server.running import assistants, connections
from server.safety import bodies
from tests.conftest import REPOSITORY
from tests.server.agents.conftest import LONG, MODES, SLOW, Serving, command, found, serving, structure
from tests.server.agents.slow import BEAT, add_slow
from tests.server.running.conftest import Serve, serve  # noqa: F401
from tests.server.running.test_assistants import ACCEPT, HELLO

TOKEN = "correct-horse-battery"


@contextlib.asynccontextmanager
async def connected(url: str, mode: str, **headers: str) -> AsyncIterator[Client]:
    """Connect with headers, as a host does that was given them."""
    async with (
        create_mcp_http_client(headers) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


def wholly(error: BaseException) -> str:
    """Return all that an error says, also of those in a group."""
    return " ".join([str(error), *(wholly(one) for one in getattr(error, "exceptions", ()))])


@pytest.mark.parametrize("mode", MODES)
def test_the_token_lets_in_and_nothing_else(many: Path, mode: str) -> None:
    async def ask(url: str, **headers: str) -> list[str]:
        with anyio.fail_after(LONG):
            async with connected(url, mode, **headers) as client:
                return [hit["name"] for hit in (await found(client, query="red envelope", limit=1))["hits"]]

    options = ("--host", "127.0.0.1", "--token", TOKEN, "--no-places", "--read-only")
    with serving(many, *options, module=SLOW) as running:
        assert anyio.run(lambda: ask(running.url, Authorization=f"Bearer {TOKEN}")) == ["red-envelope.jpg"]
        for headers in ({}, {"Authorization": "Bearer wrong-wrong-wrong"}):
            with pytest.raises(BaseException) as refused:  # a group, or not
                anyio.run(lambda headers=headers: ask(running.url, **headers))
            assert "envelope" not in wholly(refused.value)
        code, told = running.end()
    assert code == 0 and told.splitlines()[0].endswith("read-only; Ctrl-C ends.") and "Traceback" not in told


def test_places_are_kept_back(many: Path) -> None:
    async def ask(url: str) -> dict[str, Any]:
        async with Client(url) as client:
            return await found(client, limit=1)

    with serving(many, "--no-places") as running:
        hit = anyio.run(ask, running.url)["hits"][0]
        assert hit.get("latitude") is None and hit.get("place") is None


@pytest.mark.parametrize("mode", MODES)
def test_answers_that_take_long_are_not_cut_off(
    many: Path,
    serve: Serve,  # noqa: F811
    mode: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """All that bounds slow requests is a third of what the answer takes; if it cuts off before, it is asked again."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "PATIENCE", replace(bodies.PATIENCE, piece=1.0, json=1.0))
    monkeypatch.setattr(door, "READING", (*door.READING, add_slow))
    served, beats, begun = serve(many), int(3.0 / BEAT), []

    async def told(done: float, total: float | None, message: str | None) -> None:
        begun.append(done)

    async def ask() -> dict[str, Any]:
        async with Client(f"http://127.0.0.1:{served.port}/mcp", mode=mode) as client:
            named = {"beats": beats, "note": str(tmp_path / "note")}
            return structure(await client.call_tool("count_slowly", named, progress_callback=told))

    for _ in range(10):
        try:
            assert anyio.run(ask) == {"beats": beats}
            return
        except Exception:
            assert not begun
    raise AssertionError("no request came in within a second")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process at once")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quickly_and_quietly_while_tools_and_streams_are_open(
    many: Path, tmp_path: Path, mode: str, number: signal.Signals
) -> None:
    note = tmp_path / "note"
    ended: list[tuple[int, str]] = []

    async def ask(running: Serving) -> None:
        with anyio.fail_after(LONG), contextlib.suppress(BaseException):
            async with Client(running.url, mode=mode) as client:
                begun = anyio.Event()

                async def told(done: float, total: float | None, message: str | None) -> None:
                    begun.set()

                async def count() -> None:
                    with contextlib.suppress(Exception):
                        named = {"beats": 1_000_000, "note": str(note)}
                        await client.call_tool("count_slowly", named, progress_callback=told)

                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(count)
                    await begun.wait()
                    ended.append(await anyio.to_thread.run_sync(lambda: running.end(number)))
                    tasks.cancel_scope.cancel()

    with serving(many, module=SLOW) as running:
        anyio.run(ask, running)
    ((code, said),) = ended
    assert code == 0 and "Traceback" not in said and "Error" not in said and said.splitlines()[-1] == "Stopped."
    assert note.read_text() == "stopped"


def test_no_process_is_left(samples: Path) -> None:
    async def look(url: str) -> None:
        async with Client(url) as client:
            assert not (await client.call_tool("view_photo", {"id": 1})).is_error

    with serving(samples, module=SLOW) as running:
        anyio.run(look, running.url)
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert children and running.end()[0] == 0
        assert not psutil.wait_procs(children, timeout=LONG)[1]


@pytest.mark.skipif(os.name == "nt", reason="open files are not moved there")
def test_the_library_may_go_and_come_back(indexed_samples: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(indexed_samples, tmp_path / "library"))

    async def ask(url: str) -> None:
        async with Client(url) as client:
            assert (await found(client, query="red envelope", limit=1))["matches"] >= 1
            library.rename(tmp_path / "elsewhere")
            assert "is not there any more" in str((await client.call_tool("search_photos", {})).content)
            (tmp_path / "elsewhere").rename(library)
            assert (await found(client, query="a guitar", limit=1))["hits"][0]["name"] == "guitar.jpg"

    with serving(library) as running:
        anyio.run(ask, running.url)


def test_the_page_is_answered_while_the_first_assistant_waits(
    samples: Path,
    serve: Serve,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_loading, is_wanted, load = threading.Event(), threading.Event(), assistants._load

    def load_when_wanted() -> Any:
        is_loading.set()
        assert is_wanted.wait(LONG)
        return load()

    monkeypatch.setattr(assistants, "_load", load_when_wanted)
    served = serve(samples)
    first = threading.Thread(target=served.ask, args=("/mcp", HELLO))
    first.start()
    assert is_loading.wait(LONG)
    assert served.ask("/api/v1/session")[0] == 200 and first.is_alive()
    is_wanted.set()
    first.join(LONG)
    assert not first.is_alive()


def test_broken_requests_end_nothing(served: Serving) -> None:

    def raw(body: bytes, length: int | None = None) -> bytes:
        head = "".join(f"{name}: {value}\r\n" for name, value in {**ACCEPT, "Content-Type": "application/json"}.items())
        sent = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n{head}Connection: close\r\n"
        with socket.create_connection(("127.0.0.1", served.port), timeout=LONG) as one:
            one.sendall(f"{sent}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body)
            if length is not None:
                return b""  # hang up in the middle
            with contextlib.suppress(OSError):
                return one.recv(65536)
        return b""

    hello = json.dumps(HELLO).encode()
    assert b"200 OK" in raw(hello)
    for body in (b"{", b"[" * 100_000, b"\xff", b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}'):
        assert b" 400 " in raw(body).partition(b"\r\n")[0]
    for _ in range(5):
        raw(hello[:20], length=len(hello))
    assert b"200 OK" in raw(hello)


def test_both_conflicting_leaves_are_told(many: Path) -> None:
    words = command("serve", many, "--no-open", "--read-only", "--agents", "write")
    ended = subprocess.run(words, capture_output=True, text=True, cwd=REPOSITORY, timeout=LONG, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1].endswith(
        "With --read-only nothing can be changed; leave it out, or --agents write."
    )


def test_what_they_write_with_leave_the_page_shows(samples: Path) -> None:
    async def label(url: str) -> None:
        async with Client(url) as client:
            classes = [{"name": "cup"}, {"name": "car"}]
            saved = await client.call_tool("save_labels", {"classes": classes, "name": "of an assistant"})
            assert not saved.is_error, saved.content

    with serving(samples, "--agents", "write") as running:
        anyio.run(label, running.url)
        with urllib.request.urlopen(f"{running.address}api/v1/label-sets", timeout=LONG) as answer:
            assert "of an assistant" in answer.read().decode()
