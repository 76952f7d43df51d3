"""What went wrong, as one sentence that says what to do next."""

from __future__ import annotations

import logging
import sqlite3

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

from indexer.errors import ClipsearchError

LOG = logging.getLogger("clipsearch.server")
WRITING = {  # what SQLite says where nothing can be written now
    "locked": "Another clipsearch is writing to this library; wait until it has finished, and try again.",
    "readonly": "The library can't be written to; check the permissions of its folder.",
    "full": "The disk is full; what was stored is safe. Free some space, and try again.",
}


def sentence_of(error: BaseException | None, tool: str) -> str:
    """Return the sentence for what a tool raised; what nobody has foreseen is logged."""
    if isinstance(error, ClipsearchError):
        return error.unnamed
    if isinstance(error, ToolError):  # of the SDK, where the answer to a question is none
        return "The answer to the question was not what was asked for, so nothing was done; call this again."
    if isinstance(error, ValidationError):
        return _of_arguments(error, tool)
    if isinstance(error, sqlite3.OperationalError) and (
        known := [sentence for sign, sentence in WRITING.items() if sign in str(error)]
    ):
        return known[0]
    if isinstance(error, sqlite3.Error):
        LOG.error("a database error", exc_info=error)
        return f"The library can't be read now ({error}); try again, or run: clipsearch check"
    LOG.error("an unexpected error in %s", tool, exc_info=error)
    return f"Something unexpected went wrong in {tool} ({type(error).__name__}); try it another way, or again later."


def _of_arguments(error: ValidationError, tool: str) -> str:
    """Say the first thing that does not fit the schema."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = first["msg"].removeprefix("Value error, ")
    return f"The arguments of {tool} don't fit: {where or 'they'}: {reason}. Look at its schema, and call it again."
