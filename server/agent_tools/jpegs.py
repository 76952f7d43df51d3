"""A photo of the library as a JPEG that an assistant can look at: made by the processes that decode, never here."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from pydantic import Field

from server.agent_tools.answers import MOST_CHARACTERS, Answer

if TYPE_CHECKING:
    from indexer.thumbnails.jpegs import Crop, Shown
    from server.agent_tools.agent import Agent

LARGEST_SIDE = 1568  # pixels; larger ones are made smaller by the models that look at them
MOST_BYTES = 700_000
FEWEST_BYTES = 50_000  # of a picture beside a long text; then the answer is too long, which it says
BESIDE = 2_000  # characters that come to the text when the picture is made: its size


class PixelSize(Answer):
    """A size in pixels, upright."""

    width: int = Field(gt=0)
    height: int = Field(gt=0)


async def jpeg_of(agent: Agent, image: int, side: int, crop: Crop | None = None, most_bytes: int = MOST_BYTES) -> Shown:
    """Return a photo, or a part of it, as JPEG without anything but pixels; raises Refused if it can't be shown."""
    from indexer.errors import PictureError
    from indexer.thumbnails.jpegs import WHOLE, JpegPicture
    from server.picture_api.picture_file import file_of_picture

    file = await agent.ask(lambda own: file_of_picture(own, image))
    at = None if file.at_ms is None else file.at_ms / 1000
    job = JpegPicture(file.path, side, most_bytes, crop or WHOLE, at, file.known, file.digest)
    try:
        return await agent.pictures.done(job)
    except PictureError as error:
        raise await asyncio.to_thread(file.refusal, error) from error


def bytes_beside(record: dict[str, Any]) -> int:
    """Return how many bytes a picture may have in an answer with that record, which is told twice."""
    text = len(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    left = (MOST_CHARACTERS - 2 * (text + BESIDE)) * 3 // 4  # base64
    return max(FEWEST_BYTES, min(MOST_BYTES, left))
