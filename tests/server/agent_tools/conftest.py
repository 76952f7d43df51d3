"""An assistant in this process: the official client, connected to a server of a copy of the sample library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent

from indexer.thumbnails.decoder import Decoder
from indexer.thumbnails.kept import KeptThumbnails
from server.agent_tools.agent import Agent
from server.agents.agent_server import AgentServer
from server.agents.door import make_server
from server.opened.open_library import OpenLibrary
from server.opened.pictures import Pictures
from tests.server.agent_tools.album import write_album
from tests.server.copies import copy_of


class Caller:
    """Calls tools of one server; each call has a session of its own."""

    def __init__(self, server: AgentServer) -> None:
        self.server = server

    def client(self) -> Client:
        """Return a client for a session."""
        return Client(self.server)

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Return what a tool answers."""

        async def ask() -> CallToolResult:
            async with self.client() as client:
                return await client.call_tool(tool, arguments)

        return anyio.run(ask)

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the object that a tool answers, which is no error."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None
        return result.structured_content

    def refused(self, tool: str, **arguments: Any) -> str:
        """Return the sentence of a tool that can't answer."""
        result = self.call(tool, **arguments)
        assert result.is_error
        sentence = text_of(result)
        assert sentence.strip() and "\n" not in sentence and "Traceback" not in sentence
        return sentence


class Assistant(Caller):
    """Calls tools of a server that is made for an agent."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(make_server(agent))
        self.agent = agent


def text_of(result: CallToolResult) -> str:
    """Return the text of an answer."""
    return "".join(block.text for block in result.content if isinstance(block, TextContent))


class Assistants:
    """Makes assistants of one library, with other permissions."""

    def __init__(self, library: Path, ends: ExitStack, pictures: Pictures | None = None) -> None:
        self.library = library
        self.pictures = pictures
        self._ends = ends

    def __call__(self, *, allow_write: bool = False, places: bool = True) -> Assistant:
        opened = OpenLibrary(self.library, device="cpu", read_only=not allow_write)
        given = None if self.pictures is None else (lambda: self.pictures)
        agent = Agent(opened, allow_write=allow_write, places=places, pictures=given)
        self._ends.callback(opened.close)
        self._ends.callback(agent.close)
        return Assistant(agent)


@pytest.fixture
def assistants(samples: Path) -> Iterator[Assistants]:
    """Return what makes assistants of a copy of the sample library."""
    with ExitStack() as ends:
        yield Assistants(samples, ends)


@pytest.fixture
def reader(assistants: Assistants) -> Assistant:
    """Return an assistant that only reads."""
    return assistants()


@pytest.fixture
def writer(assistants: Assistants) -> Assistant:
    """Return an assistant that may change the library."""
    return assistants(allow_write=True)


@pytest.fixture(scope="session")
def first_album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pictures of album.py, indexed once; to be copied."""
    return write_album(tmp_path_factory.mktemp("album"))


@pytest.fixture
def album(first_album: Path, tmp_path: Path) -> Path:
    """Return the folder of photos of an album that a test may change; its library lies beside it."""
    return copy_of(first_album, tmp_path / "album") / "photos"


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    """Return workers for all tests: starting them takes long."""
    with Decoder(2) as shared:
        yield shared


@pytest.fixture
def viewers(album: Path, decoder: Decoder, tmp_path: Path) -> Iterator[Assistants]:
    """Return what makes assistants who look at the album; no thumbnail is kept yet."""
    with ExitStack() as ends:
        kept = KeptThumbnails(tmp_path / "kept" / "thumbnails" / "1", 10**9)
        yield Assistants(album.parent / "library", ends, Pictures(kept, decoder))


@pytest.fixture
def viewer(viewers: Assistants) -> Assistant:
    """Return an assistant who looks at the album."""
    return viewers()
