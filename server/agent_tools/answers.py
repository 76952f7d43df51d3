"""What a tool answers: one JSON object, as structure and as text, with pictures beside it.

What comes from a library (names, labels, what cameras wrote) stands in fields of that object alone, never in a sentence
of ours, so that no file's name can pass for an instruction.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from mcp_types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import BaseModel, ConfigDict

from indexer.errors import InvalidRequest
from indexer.harmless import harmless

MOST_CHARACTERS = 1_000_000  # of a result, its pictures included: more is cut off or refused by hosts
TOO_LONG = "This answer would have {:,} characters, and {:,} is the most; ask for fewer at once."


class Answer(BaseModel):
    """A tool's answer, as its output schema tells it."""

    model_config = ConfigDict(extra="forbid")


def answer(kind: type[Answer], record: dict[str, Any], *pictures: bytes) -> CallToolResult:
    """Return a record, which is of that kind, with JPEG pictures; raises InvalidRequest for one that is too long.

    Text is as it is in the library but for what would break it: lone surrogates. A field that the record does not have
    is left out, so it can't be told by its name either.
    """
    structure = kind.model_validate(record).model_dump(mode="json", exclude_unset=True)
    text = json.dumps(structure, ensure_ascii=False, separators=(",", ":"))
    images: list[ContentBlock] = [
        ImageContent(type="image", data=base64.b64encode(picture).decode(), mime_type="image/jpeg")
        for picture in pictures
    ]
    length = 2 * len(text) + sum(len(image.data) for image in images if isinstance(image, ImageContent))
    if length > MOST_CHARACTERS:
        raise InvalidRequest(TOO_LONG.format(length, MOST_CHARACTERS))
    content = [*images, TextContent(type="text", text=text)]
    return CallToolResult(content=content, structured_content=structure)


def refusal(sentence: str) -> CallToolResult:
    """Return the answer that says what is wrong and what to do next."""
    return CallToolResult(content=[TextContent(type="text", text=harmless(sentence))], is_error=True)
