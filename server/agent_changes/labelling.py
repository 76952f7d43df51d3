"""The tools save_labels and correct_label: a label set that is kept, and what photos of it really show."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.classes import label_body
from server.agent_tools.models import Classes, Ids, Multi, Other, PhotoFilters, Threshold
from server.agent_tools.progress import watched

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from indexer.store.labels import LabelSet
    from search.library.library import Library
    from search.progress import Progress, Watch
    from server.labelling.label_models import LabelSetBody

OTHER_CLASSES = "A label set of this name had other classes; its labels are replaced, and what was said is kept."
SWITCHING = "The library is being encoded by another model; when that has ended, save these labels again."
NONE_THERE = "None of these photos is in the library any more; search again."

SetName = Annotated[str, Field(min_length=1, max_length=1_000)]
WhichSet = Annotated[SetName | int, Field(description="its name or id")]
Said = Annotated[list[SetName], Field(min_length=1, max_length=200)]


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
    gone: list[int] = Field(description="ids that are not in the library any more")
    said_by: str
    accuracy: SaidAccuracy
    counts: dict[str, int] = Field(description="photos by label")


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
        body = label_body(classes, filters=filters.body(), other=other, multi=multi, threshold=threshold, name=name)
        made = await watched(
            context, "Labelling photos", lambda progress: agent.write(lambda own: _saved(own, body, progress))
        )
        return answer(SavedLabels, made)


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

        It is stored as said by an assistant, and a person's own word takes its place. undo takes it back.
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


def _corrected(agent: Agent, library: Library, wanted: str | int, ids: list[int], labels: list[str]) -> dict[str, Any]:
    """Store what was said, and return what that did; raises InvalidRequest if none of the photos is there."""
    from indexer.errors import InvalidRequest
    from search.corrections.said import assistant_name
    from server.labelling.correcting import corrected

    label_set = set_called(library, wanted)
    there = {row[0] for row in library.store.db.rows_in("SELECT id FROM images WHERE id IN ({marks})", ids)}
    if not there:
        raise InvalidRequest(NONE_THERE)
    said_by = assistant_name()
    done = corrected(agent.library, library, label_set.id, ids, labels, said_by)
    accuracy = {name: done["accuracy"][name] for name in SaidAccuracy.model_fields}
    return {
        "set_id": label_set.id,
        "name": label_set.name,
        "changed": done["changed"],
        "gone": [image for image in dict.fromkeys(ids) if image not in there],
        "said_by": said_by,
        "accuracy": accuracy,
        "counts": done["counts"],
    }
