"""The tool save_labels: photos labelled by classes, and the label set kept; no other one is replaced unasked.

Annotations are evaluated as they stand here, since they name functions of one server that ask the person.
"""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from indexer.errors import InvalidRequest
from server.agent_changes.confirming import SAID_NO, Answered, Confirmed, is_yes, question
from server.agent_changes.correcting import SetName
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.classes import label_body
from server.agent_tools.models import Classes, Multi, Other, PhotoFilters, Threshold
from server.agent_tools.progress import watched
from server.errors import Refused
from server.labelling.class_models import LabelSetBody

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from search.progress import Progress, Watch

REPLACED = "A label set of this name was made otherwise; its labels are replaced, and what was said is kept."
NOTHING_REPLACED = Confirmed()  # nobody is asked where a set is new, or brought up to date
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


def add_save_labels(server: "MCPServer", agent: Agent) -> None:
    """Give a server the tool."""

    async def asked(
        name: str,
        classes: Classes,
        other: bool | None,
        multi: bool,
        threshold: float | None,
        filters: PhotoFilters,
    ) -> LabelSetBody:
        only = filters.body(places=agent.places)
        return label_body(classes, filters=only, other=other, multi=multi, threshold=threshold, name=name)

    async def confirm(
        context: Context[None], body: Annotated[LabelSetBody, Resolve(asked)], replace: bool
    ) -> Confirmed | Elicit[Confirmed]:
        from server.agent_changes.replacing import question_about, would_replace

        if not replace:
            return NOTHING_REPLACED
        sentence = await agent.write(lambda own: question_about(own, would_replace(own, body), body))
        return NOTHING_REPLACED if sentence is None else question(context, sentence)

    @server.tool(
        title="Save labels",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )
    async def save_labels(
        context: Context[None],
        body: Annotated[LabelSetBody, Resolve(asked)],
        answered: Annotated[Answered, Resolve(confirm)],
        name: Annotated[SetName, Field(description="of the label set; one of this name is brought up to date")],
        classes: Classes,
        other: Other = None,
        multi: Multi = False,
        threshold: Threshold = None,
        filters: Annotated[PhotoFilters, Field(description="only these photos")] = PhotoFilters(),  # noqa: B008
        replace: Annotated[bool, Field(description="whether a set of this name that was made otherwise goes")] = False,
    ) -> Annotated[CallToolResult, SavedLabels]:
        """Label photos by classes and keep that, as a label set to filter by. Look at it with label_preview before.

        Photos that have their label already are not judged again. A set of this name that was made with other classes,
        words, examples or thresholds is refused, unless the person wants it replaced: then its labels are lost, but for
        what was said in it. undo does not take label sets back; a person removes one with clipsearch labels remove.
        Cancelling keeps what was stored by then; the same call goes on from there.
        """
        if not is_yes(answered):
            raise InvalidRequest(SAID_NO)
        may_replace = replace and not (answered.action == "accept" and answered.data is NOTHING_REPLACED)
        made = await watched(
            context,
            "Labelling photos",
            lambda progress: agent.write(lambda own: _saved(own, body, may_replace, progress)),
        )
        return answer(SavedLabels, made)


def _saved(library: "Library", body: LabelSetBody, may_replace: bool, progress: "Progress") -> dict[str, Any]:
    """Make or update a label set, and return it with what is to be known of that; raises Refused to replace one."""
    from indexer.store.models import models
    from server.agent_changes.replacing import MADE_OTHERWISE, would_replace
    from server.labelling.making import made_set

    before = would_replace(library, body)
    if before is not None and not may_replace:
        raise Refused(409, MADE_OTHERWISE)
    made = made_set(library, body, _watch(progress))
    after, notes = made["set"], made["notes"]
    notes += [REPLACED] if before is not None else []
    notes += [SWITCHING] if len(models(library.store)) > 1 else []
    labels = [
        {"label": one["class"], "photos": one["pictures"], "said": one["said"], "probability": one["probability"]}
        for one in after["classes"]
    ]
    known = {name: after[name] for name in ("id", "name", "kind", "threshold", "corrected")}
    return {**known, "labels": labels, "labelled": after["judged"], "judged": made["judged"], "notes": notes}


def _watch(progress: "Progress") -> "Watch":
    """Return what makes one progress of three steps, in parts of a hundred: it must never go back."""
    from search.progress import Watch

    def part(first: int, last: int, done: int, total: int) -> None:
        progress(first + (last - first) * done // max(total, 1), 100)

    return Watch(partial(part, 0, 20), partial(part, 20, 80), partial(part, 80, 100))
