"""Tests of the photos by their address, as a host attaches them, and of what is said where there is none."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, BlobResourceContents, ErrorData

from server.agent_tools.agent import Agent
from server.opened.open_library import OpenLibrary
from tests.indexer.decoding.saving import distance
from tests.server.agent_tools.conftest import Assistant
from tests.server.agent_tools.seen import decoded, ids_of


def asked(assistant: Assistant, what: str, *given: Any) -> Any:
    """Return what a method of a client gives."""

    async def ask() -> Any:
        async with Client(assistant.server) as client:
            return await getattr(client, what)(*given)

    return anyio.run(ask)


def refused(assistant: Assistant, uri: str) -> ErrorData:
    """Return why a client can't read an address, in one sentence."""

    async def ask() -> ErrorData:
        async with Client(assistant.server) as client:
            with pytest.raises(MCPError) as raised:
                await client.read_resource(uri)
            return raised.value.error

    error = anyio.run(ask)
    assert error.message and "\n" not in error.message and "Traceback" not in error.message
    return error


def test_the_template_says_what_it_gives(viewer: Assistant) -> None:
    (template,) = asked(viewer, "list_resource_templates").resource_templates
    assert (template.uri_template, template.mime_type) == ("clipsearch://photo/{id}", "image/jpeg")
    assert template.title and template.description


def test_a_photo_is_a_jpeg_at_the_uri_that_searches_tell(viewer: Assistant) -> None:
    (hit,) = viewer.ask("search_photos", filters={"named": ["turned"]})["hits"]
    (content,) = asked(viewer, "read_resource", hit["uri"]).contents
    assert isinstance(content, BlobResourceContents) and content.mime_type == "image/jpeg"
    image = decoded(base64.b64decode(content.blob))
    assert image.size == (600, 400) and distance(image, (10, 10), (255, 0, 0)) <= 9


def test_a_photo_larger_than_models_look_at_is_smaller(viewer: Assistant) -> None:
    (content,) = asked(viewer, "read_resource", f"clipsearch://photo/{ids_of(viewer)['noise.jpg']}").contents
    assert 1000 < max(decoded(base64.b64decode(content.blob)).size) <= 1568


@pytest.mark.parametrize("name", ["999999", "0", "-1", "1e3", "abc", "%2e%2e", "9" * 40, "1%20OR%201", "\u0661"])
def test_a_wrong_id_is_not_found_in_a_sentence(viewer: Assistant, name: str) -> None:
    error = refused(viewer, f"clipsearch://photo/{name}")
    assert error.code == INVALID_PARAMS
    assert name != "999999" or "not in the library any more" in error.message


def test_a_file_that_is_gone_or_bad_is_a_sentence(viewer: Assistant, album: Path) -> None:
    address = f"clipsearch://photo/{ids_of(viewer)['turned.jpg']}"
    (album / "turned.jpg").write_bytes(b"no picture at all" * 9)
    error = refused(viewer, address)
    assert "can't be shown" in error.message and error.code == INTERNAL_ERROR
    (album / "turned.jpg").unlink()
    error = refused(viewer, address)
    assert "not there any more" in error.message and error.code == INVALID_PARAMS


def test_a_library_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    opened = OpenLibrary(tmp_path / "none")
    assert "There is no library at" in refused(Assistant(Agent(opened)), "clipsearch://photo/1").message
    opened.close()
