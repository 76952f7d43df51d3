"""Asking the person before something is done, where the assistant's program can; else a plan shown before must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.mcpserver import Elicit
from mcp.server.mcpserver.resolve import ElicitationResult
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, Field

from indexer.harmless import harmless

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

ASKED_IN_ANSWERS = "2026-07-28"  # the first version of MCP in which a tool's answer may be a question
SAID_NO = "The person was asked and said no, so nothing was done. Don't try again unless they ask for it."


class Confirmed(BaseModel):
    """Whether it is done."""

    go_ahead: bool = Field(default=True, title="Go ahead")


Answered = ElicitationResult[Confirmed]


def question(context: Context[None], sentence: str) -> Confirmed | Elicit[Confirmed]:
    """Return what asks the person, or leave at once where the assistant's program can't ask."""
    return Elicit(harmless(sentence), Confirmed) if can_ask(context) else Confirmed()


def can_ask(context: Context[None]) -> bool:
    """Return whether the person can be asked in the course of this call."""
    capabilities = context.client_capabilities
    elicitation = None if capabilities is None else capabilities.elicitation
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    version = context.protocol_version
    in_answers = version is not None and is_version_at_least(version, ASKED_IN_ANSWERS)
    return in_answers or context.session.can_send_request


def is_yes(answered: Answered) -> bool:
    """Return whether the person said yes."""
    return answered.action == "accept" and answered.data.go_ahead
