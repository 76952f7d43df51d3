"""A library of a thousand pictures, and the commands that serve it, as processes of their own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

from indexer.store.models import active_model
from indexer.store.store import Store
from tests.conftest import REPOSITORY
from tests.embeddings import fill
from tests.server.agent_tools.conftest import album, decoder, first_album, viewer, viewers

__all__ = ["album", "decoder", "first_album", "viewer", "viewers"]  # an album is the same here

LONG = 600.0  # seconds that nothing takes, however busy the machine is
MODES = ("legacy", "2026-07-28")  # with a handshake and a session, and without
MORE = 1000
PLAIN, SLOW = "clipsearch", "tests.server.agents.slow"


@pytest.fixture(scope="session")
def many(indexed_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample library with a thousand pictures more, around those that are there; not to be changed."""
    library = Path(shutil.copytree(indexed_samples, tmp_path_factory.mktemp("many") / "library"))
    with Store.open(library) as store:
        model = active_model(store)
        assert model is not None
        random = np.random.default_rng(1)
        rows = random.standard_normal((MORE, model.dim)).astype(np.float32)
        fill(store, model, rows / np.linalg.norm(rows, axis=1, keepdims=True))
    return library


def command(name: str, library: Path, *options: str, module: str = PLAIN) -> list[str]:
    """Return the command line that serves a library."""
    return [sys.executable, "-m", module, name, "--library", str(library), *options]


def on_stdio(library: Path, *options: str, module: str = PLAIN) -> StdioServerParameters:
    """Return how a host starts `clipsearch mcp`."""
    program, *words = command("mcp", library, *options, module=module)
    return StdioServerParameters(command=program, args=words, env=dict(os.environ), cwd=REPOSITORY)


class Serving:
    """`clipsearch serve` as a process, and what it printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        line = next(line for line in process.stdout if line.startswith("http"))
        self.address, _, self.token = line.rstrip("\n").partition("?token=")
        self.port = int(re.findall(r":(\d+)/", self.address)[0])

    @property
    def url(self) -> str:
        """Where assistants ask."""
        return f"http://127.0.0.1:{self.port}/mcp"

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal, and return the exit code and what was told on stderr."""
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=LONG)
        return self.process.returncode, told


@contextlib.contextmanager
def serving(library: Path, *options: str, module: str = PLAIN) -> Iterator[Serving]:
    """Serve a library over HTTP in a process of its own."""
    words = command("serve", library, "--port", "0", "--no-open", *options, module=module)
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=REPOSITORY, **pipes) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def served(many: Path, cache: Path) -> Iterator[Serving]:
    """One server of the thousand pictures, with the slow tool, for all tests that leave it alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))
        patch.setenv("HF_HUB_OFFLINE", "1")
        with serving(many, module=SLOW) as running:
            yield running


async def found(client: Client, **arguments: Any) -> dict[str, Any]:
    """Return what search_photos finds."""
    return structure(await client.call_tool("search_photos", arguments))


def structure(result: CallToolResult) -> dict[str, Any]:
    """Return the object of an answer that is no error."""
    assert not result.is_error and result.structured_content is not None, result.content
    return result.structured_content


async def all_ids(client: Client, **arguments: Any) -> list[int]:
    """Return the ids of all hits, page by page."""
    ids: list[int] = []
    page = await found(client, limit=100, **arguments)
    while True:
        ids += [hit["id"] for hit in page["hits"]]
        if page["next_cursor"] is None:
            return ids
        page = await found(client, limit=100, cursor=page["next_cursor"], **arguments)
