"""What actions are asked for by, and what is told of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from indexer.store.corrections import MOST_PICTURES
from server.api.models import LONGEST, Body, ImageId, SearchBody
from server.labelling.label_models import Labelled

MOST_CLASSES = 1_000

What = Annotated[
    Literal["matches", "all"],
    Field(description="those that match, or the whole ranking; without terms both mean all that pass"),
]


class AllHits(SearchBody):
    """All pictures that a search finds, or some by their ids."""

    what: What = "matches"
    ids: Annotated[list[ImageId], Field(min_length=1, max_length=MOST_PICTURES)] | None = Field(
        default=None, description="exactly these pictures, in this order, instead of a search"
    )


class Action(AllHits):
    """What is to be done with all pictures that a search finds: first a dry run, then the same with its plan."""

    kind: Literal["label", "link", "copy", "sheet"]
    to: Annotated[str, Field(max_length=4096)] | None = Field(
        default=None, description="of copy and link a folder, of sheet a new file; absolute, or ~/…"
    )
    numbered: bool = Field(default=False, description="whether names begin with the rank")
    set: ImageId | None = Field(default=None, description="of label: the label set")
    labels: Annotated[list[Annotated[str, Field(max_length=LONGEST)]], Field(max_length=MOST_CLASSES)] = Field(
        default_factory=list, description="of label: the labels; none, or other, for none of the classes"
    )
    dry_run: bool = True
    plan: Annotated[str, Field(max_length=64)] | None = Field(default=None, description="of the dry run")


class Undo(Body):
    """Whether to take back, or only to say what would be."""

    dry_run: bool = True


class PlanAnswer(BaseModel):
    """What an action would do."""

    plan: str = Field(description="to be given with the real run")
    pictures: int
    copies: int = Field(description="folded behind them; they are labelled too, but not copied, linked or shown")
    bytes: int
    first: list[str] = Field(description="names of the first pictures")
    folder: str | None
    sentence: str
    notes: list[str] = Field(description="what a person should know before, a sentence each")


class PathReason(BaseModel):
    """A file, and what is to be said of it."""

    path: str
    reason: str


class Result(BaseModel):
    """What a job has done."""

    action: str | None = Field(default=None, description="to take it back by")
    done: int = 0
    there: int = Field(default=0, description="pictures that the folder held already")
    problems: list[PathReason] = Field(default_factory=list, description="the first ones")
    more_problems: int = 0
    taken_back: int = Field(default=0, description="of undo: files that were removed or restored")
    kept: list[PathReason] = Field(default_factory=list, description="of undo: the first files that stay, and why")
    more_kept: int = 0


class JobAnswer(BaseModel):
    """A job: how far it is, and how it ended."""

    id: str
    kind: Literal["copy", "link", "sheet", "label", "label set", "undo"]
    state: Literal["running", "done", "stopped", "failed"]
    done: int
    total: int
    sentence: str = Field(description="what it does, in the end what it did")
    result: Result | Labelled | None = Field(description="of a label set that, of all others what was done")
    error: str | None


class JobsAnswer(BaseModel):
    """The jobs of this server, the last one first."""

    jobs: list[JobAnswer]


class Done(BaseModel):
    """Something that was done outside the library, or said of many pictures."""

    id: str
    what: str
    began: str
    files: int
    state: Literal["done", "interrupted", "undone", "partly undone"]
    why_not: str | None = Field(description="why it can't be taken back from here")


class DoneAnswer(BaseModel):
    """What was done, the last first."""

    actions: list[Done]
