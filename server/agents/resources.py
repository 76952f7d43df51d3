"""What hosts can attach by themselves: a photo by its id, as a JPEG."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from indexer.harmless import harmless
from server.agent_tools.jpegs import LARGEST_SIDE, jpeg_of
from server.agent_tools.photos import URI
from server.agents.sentences import sentence_of
from server.errors import Refused

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from server.agent_tools.agent import Agent

NO_ID = "A photo's address ends with its number, such as clipsearch://photo/17; searches tell it as uri."
_ID = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)


def add_resources(server: MCPServer, agent: Agent) -> None:
    """Give a server the photos by their address."""

    @server.resource(
        URI.format("{id}"),
        name="photo",
        title="A photo",
        description="A photo of the library by its id, upright, as a JPEG without anything but pixels.",
        mime_type="image/jpeg",
    )
    async def photo(id: str) -> bytes:
        """Return a photo; raises ResourceNotFoundError for one that is not there, ResourceError for other reasons."""
        if not _ID.fullmatch(id):
            raise ResourceNotFoundError(NO_ID)
        try:
            return (await jpeg_of(agent, int(id), LARGEST_SIDE)).jpeg.content
        except Exception as error:
            is_gone = isinstance(error, Refused) and error.status == 404
            kind = ResourceNotFoundError if is_gone else ResourceError
            raise kind(harmless(sentence_of(error, "the resource"))) from error
