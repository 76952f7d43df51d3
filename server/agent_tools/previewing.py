"""The tool label_preview: what labelling photos by some classes would give, before any of it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.classes import label_body
from server.agent_tools.models import Classes, Multi, Other, PhotoFilters, Threshold
from server.agent_tools.progress import watched

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from search.progress import Progress

MOST_UNCERTAIN = 50
USUAL_UNCERTAIN = 12
MOST_EXAMPLES = 12
USUAL_EXAMPLES = 3


class Chance(Answer):
    """How probable a label is."""

    label: str
    probability: float


class Example(Answer):
    """A photo that would have a label."""

    id: int
    probability: float


class WouldHave(Answer):
    """A label, and how many photos would have it."""

    label: str
    photos: int
    examples: list[Example] = Field(description="the most probable ones")


class Unsure(Answer):
    """A photo of which the model is not sure."""

    id: int
    path: str
    path_bytes: str | None = None
    at: float | None = Field(description="seconds into a video")
    margin: float = Field(description="between the best two labels, or to the nearest threshold, 0..1")
    labels: list[Chance] = Field(description="that it would have")
    likeliest: list[Chance] = Field(description="of the classes")


class LabelPreview(Answer):
    """What labelling would give. Nothing of it is stored."""

    judged: int = Field(description="photos that were judged")
    not_searchable: int = Field(description="photos of the library that the model has not seen yet")
    labels: list[WouldHave]
    uncertain: list[Unsure] = Field(description="the least certain ones first: look at these")
    notes: list[str]


def add_preview(server: MCPServer, agent: Agent) -> None:
    """Give a server the tool."""

    @server.tool(
        title="Preview labels",
        annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )
    async def label_preview(
        context: Context[None],
        classes: Classes,
        filters: PhotoFilters = PhotoFilters(),  # noqa: B008
        multi: Multi = False,
        other: Other = None,
        threshold: Threshold = None,
        uncertain: Annotated[
            int, Field(ge=0, le=MOST_UNCERTAIN, description="how many of the least certain photos to name")
        ] = USUAL_UNCERTAIN,
        examples: Annotated[
            int, Field(ge=0, le=MOST_EXAMPLES, description="how many photos of each label to name")
        ] = USUAL_EXAMPLES,
    ) -> Annotated[CallToolResult, LabelPreview]:
        """Say how photos would be labelled by some classes: counts, examples, the least certain. Stores nothing.

        Look at the examples and the uncertain ones (contact_sheet), and change the classes' words until it fits. What
        someone said of photos in a label set does not count here. Probabilities are the model's, not facts.
        """
        body = label_body(
            classes, filters=filters.body(places=agent.places), other=other, multi=multi, threshold=threshold
        )

        async def work(progress: Progress) -> dict[str, Any]:
            def judge(own: Library) -> dict[str, Any]:
                from server.labelling.previews import preview_record

                return preview_record(own, body, examples, uncertain, progress)

            return await agent.work(judge)

        return answer(LabelPreview, await watched(context, "photos judged", work))
