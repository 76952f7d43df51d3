"""What an assistant sees of an answer: its pictures, decoded, and photos by the names of their files."""

from __future__ import annotations

import base64
import io

from mcp_types import CallToolResult, ImageContent
from PIL import JpegImagePlugin

from server.agent_tools.answers import MOST_CHARACTERS
from tests.server.agent_tools.conftest import Assistant

MOST_BYTES = 700_000


def decoded(content: bytes) -> JpegImagePlugin.JpegImageFile:
    """Return a JPEG that is as small as promised, and nothing but pixels."""
    assert len(content) <= MOST_BYTES
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    image.load()
    assert {segment for segment, _ in image.applist} == {"APP0"} and not image.getexif()
    assert not {"comment", "icc_profile", "xmp", "exif"} & image.info.keys()
    return image


def seen(result: CallToolResult) -> JpegImagePlugin.JpegImageFile:
    """Return the one picture of an answer that fits."""
    assert not result.is_error
    assert len(result.model_dump_json(by_alias=True)) <= MOST_CHARACTERS
    (picture,) = [block for block in result.content if isinstance(block, ImageContent)]
    assert picture.mime_type == "image/jpeg"
    return decoded(base64.b64decode(picture.data))


def ids_of(assistant: Assistant) -> dict[str, int]:
    """Return the ids of an album's photos, by the names of their files; of a video its first moment."""
    hits = assistant.ask("search_photos", limit=100)["hits"]
    return {hit["name"]: hit["id"] for hit in sorted(hits, key=lambda hit: hit["at"] or 0, reverse=True)}
