"""The tool save_labels: photos labelled by classes, and the label set kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_changes.correcting import SetName
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.classes import label_body
from server.agent_tools.models import Classes, Multi, Other, PhotoFilters, Threshold
from server.agent_tools.progress import watched

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from search.progress import Progress, Watch
    from server.labelling.label_models import LabelSetBody

OTHER_CLASSES = "A label set of this name had other classes; its labels are replaced, and what was said is kept."
SWITCHING = "The library is being encoded by another model; when that has ended, save these labels again."


class LabelCount(Answer):
    """A label and how many photos have it."""

    label: str
    photos: int
    said: int = Field(description="how many of them have it because someone said so")
    probability: float | None = Field(description="the mean")


class SavedLabels(Answer):
    """A label set, as it is kept."""

    id: int
    name: str
    kind: Literal["softmax", "multi"]
    threshold: float
    labels: list[LabelCount]
    labelled: int = Field(description="photos with a label")
    judged: int = Field(description="photos that were judged by this call; the others had their labels already")
    corrected: int = Field(description="photos whose label someone said")
    notes: list[str]


def add_save_labels(server: MCPServer, agent: Agent) -> None:
    """Give a server the tool."""

    @server.tool(
        title="Save labels",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )
    async def save_labels(
        context: Context[None],
        name: Annotated[SetName, Field(description="of the label set; one of this name is brought up to date")],
        classes: Classes,
        other: Other = None,
        multi: Multi = False,
        threshold: Threshold = None,
        filters: Annotated[PhotoFilters, Field(description="only these photos")] = PhotoFilters(),  # noqa: B008
    ) -> Annotated[CallToolResult, SavedLabels]:
        """Label photos by classes and keep that, as a label set to filter by. Look at it with label_preview before.

        Photos that have their label already are not judged again. A set of this name with other classes is replaced,
        but for what people said in it. Cancelling keeps what was stored by then; the same call goes on from there.
        """
        body = label_body(
            classes, filters=filters.body(places=agent.places), other=other, multi=multi, threshold=threshold, name=name
        )
        made = await watched(
            context, "Labelling photos", lambda progress: agent.write(lambda own: _saved(own, body, progress))
        )
        return answer(SavedLabels, made)


def _saved(library: Library, body: LabelSetBody, progress: Progress) -> dict[str, Any]:
    """Make or update a label set, and return it with what is to be known of that."""
    from indexer.store.labels import label_set_named
    from indexer.store.models import models
    from search.labels.classes import tidy
    from server.labelling.making import made_set

    before = label_set_named(library.store, tidy(body.name or ""))
    made = made_set(library, body, _watch(progress))
    after, notes = made["set"], made["notes"]
    names = [one["class"] for one in after["classes"]]
    notes += [OTHER_CLASSES] if before is not None and list(before.label_names) != names else []
    notes += [SWITCHING] if len(models(library.store)) > 1 else []
    labels = [
        {"label": one["class"], "photos": one["pictures"], "said": one["said"], "probability": one["probability"]}
        for one in after["classes"]
    ]
    known = {name: after[name] for name in ("id", "name", "kind", "threshold", "corrected")}
    return {**known, "labels": labels, "labelled": after["judged"], "judged": made["judged"], "notes": notes}


def _watch(progress: Progress) -> Watch:
    """Return what makes one progress of three steps, in parts of a hundred: it must never go back."""
    from search.progress import Watch

    def part(first: int, last: int, done: int, total: int) -> None:
        progress(first + (last - first) * done // max(total, 1), 100)

    return Watch(partial(part, 0, 20), partial(part, 20, 80), partial(part, 80, 100))
