"""The tool correct_label: what photos of a label set really show, as a fact that tells who said it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.models import Ids

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from indexer.store.labels import LabelSet
    from search.library.library import Library

NONE_THERE = "None of these photos is in the library any more; search again."

SetName = Annotated[str, Field(min_length=1, max_length=1_000)]
WhichSet = Annotated[SetName | int, Field(description="its name or id")]
Said = Annotated[list[SetName], Field(min_length=1, max_length=200)]


class SaidAccuracy(Answer):
    """How right the model is on what was said."""

    said: int
    right: int | None
    accuracy: float | None
    low: float | None = Field(description="of the 95% interval")
    high: float | None
    note: str


class Corrected(Answer):
    """What a correction did."""

    set_id: int
    name: str
    changed: int = Field(description="photos that have these labels from now on")
    said_otherwise: int = Field(
        description="of these, photos of which a person had said something else; undo restores it"
    )
    gone: list[int] = Field(description="ids that are not in the library any more")
    said_by: str
    accuracy: SaidAccuracy
    counts: dict[str, int] = Field(description="photos by label")


def add_correct_label(server: MCPServer, agent: Agent) -> None:
    """Give a server the tool."""

    @server.tool(
        title="Correct labels",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
        ),
    )
    async def correct_label(
        label_set: WhichSet,
        ids: Annotated[Ids, Field(description="photos that have these labels")],
        labels: Annotated[Said, Field(description='one of the set\'s, or "other" for none; several if it is multi')],
    ) -> Annotated[CallToolResult, Corrected]:
        """Say which label photos really have, on the person's word only: it counts as a fact that no run changes.

        It is stored as said by an assistant, and the last word on a photo counts: "said_otherwise" tells of how many a
        person had said something else, which undo brings back.
        """
        return answer(Corrected, await agent.change(lambda own: _corrected(agent, own, label_set, ids, labels)))


def set_called(library: Library, wanted: str | int) -> LabelSet:
    """Return the label set of a name or an id; raises InvalidRequest that names those there are, or Refused."""
    from indexer.store.labels import find_label_set, label_set_named
    from server.labelling.set_records import set_of

    if isinstance(wanted, str):
        found = label_set_named(library.store, wanted)
        if found is not None or not (wanted.isascii() and wanted.isdecimal()):
            return found or find_label_set(library.store, wanted)
    return set_of(library, int(wanted))


def _corrected(agent: Agent, library: Library, wanted: str | int, ids: list[int], labels: list[str]) -> dict[str, Any]:
    """Store what was said, and return what that did; raises InvalidRequest if none of the photos is there."""
    from indexer.errors import InvalidRequest
    from search.corrections.said import assistant_name
    from server.labelling.correcting import corrected

    label_set = set_called(library, wanted)
    there = {row[0] for row in library.store.db.rows_in("SELECT id FROM images WHERE id IN ({marks})", ids)}
    if not there:
        raise InvalidRequest(NONE_THERE)
    said_by, otherwise = assistant_name(), _said_otherwise(library, label_set, there, labels)
    done = corrected(agent.library, library, label_set.id, ids, labels, said_by)
    accuracy = {name: done["accuracy"][name] for name in SaidAccuracy.model_fields}
    return {
        "set_id": label_set.id,
        "name": label_set.name,
        "changed": done["changed"],
        "said_otherwise": otherwise,
        "gone": [image for image in dict.fromkeys(ids) if image not in there],
        "said_by": said_by,
        "accuracy": accuracy,
        "counts": done["counts"],
    }


def _said_otherwise(library: Library, label_set: LabelSet, images: set[int], labels: list[str]) -> int:
    """Return of how many pictures a person said something else than these labels."""
    from indexer.store.corrections import said_labels
    from indexer.store.facts import NONE_OF_THEM, facts_in
    from search.corrections.said import is_assistant

    said = set(said_labels(label_set, labels) or (NONE_OF_THEM,))
    facts = facts_in(library.store, label_set.id, images).values()
    return sum(set(fact.labels) != said and not is_assistant(fact.said_by) for fact in facts)
