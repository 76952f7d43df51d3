"""What requests about labels say, and what is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from indexer.store.corrections import MOST_PICTURES
from server.api.models import Body, FiltersBody, ImageId
from server.api.picture_records import Picture
from server.labelling.class_models import MOST_CLASSES, Name, Share


class MoreBody(Body):
    """Which pictures are labelled as a set was made."""

    filters: FiltersBody = Field(default_factory=FiltersBody)
    again: bool = Field(default=False, description="whether what has a label is judged again")


class SetChange(Body):
    """What is changed of a label set."""

    name: Name | None = None
    keep: Literal[True] | None = Field(default=None, description="a draft is kept for good")


class CorrectionBody(Body):
    """What a person says of pictures."""

    ids: Annotated[list[ImageId], Field(min_length=1, max_length=MOST_PICTURES)]
    labels: Annotated[list[Name], Field(max_length=MOST_CLASSES)] = Field(
        description='the labels that these pictures have; [] or ["other"] for none of the classes'
    )


class UndoBody(Body):
    """Which act is taken back."""

    act: Annotated[int, Field(ge=1, lt=2**53)] | None = Field(
        default=None, description="only this one: another tab may have said something since"
    )


class LearnBody(Body):
    """Whether what was learnt is taken."""

    dry_run: bool = Field(default=True, description="only say whether it would help")
    forget: bool = Field(default=False, description="forget what was learnt before instead")


class ExportBody(Body):
    """Which labels are written into sidecars."""

    dry_run: bool = True
    threshold: Share | None = None
    with_other: bool = False
    filters: FiltersBody = Field(default_factory=FiltersBody)
    plan: Annotated[str, Field(max_length=64)] | None = Field(default=None, description="of the dry run")


class _Answer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class SetClass(_Answer):
    """A label of a set and how many pictures have it."""

    class_: str = Field(alias="class")
    pictures: int
    said: int = Field(description="how many of them have it from a person")
    probability: float | None = Field(description="the mean")
    prompts: list[str] | None = None
    examples: int | None = None
    learnt: int | None = None
    threshold: float | None = None


class LabelSetAnswer(_Answer):
    """A label set."""

    id: int
    name: str
    kind: Literal["softmax", "multi"]
    model: str
    labelled_at: str
    other: bool
    threshold: float
    temperature: float
    draft: bool
    templates: list[str]
    classes: list[SetClass]
    judged: int = Field(description="pictures with a label")
    corrected: int = Field(description="pictures whose label is from a person")
    waiting: int = Field(description="pictures of which something was said that does not count as the classes are now")


class LabelSets(_Answer):
    """All label sets."""

    sets: list[LabelSetAnswer]


class Preset(_Answer):
    """A ready-made list of classes."""

    name: str
    classes: int


class Presets(_Answer):
    """What there is ready-made."""

    presets: list[Preset]
    templates: list[str]


class Labelled(_Answer):
    """What labelling did."""

    set: LabelSetAnswer
    notes: list[str]
    judged: int


class LabelJob(_Answer):
    """A job that labels pictures: how far it is, and how it ended; /jobs/{id} tells it and stops it."""

    id: str
    kind: Literal["label set"]
    state: Literal["running", "done", "stopped", "failed"]
    done: int
    total: int
    sentence: str = Field(description="what it does, in the end what it did")
    result: Labelled | None
    error: str | None


class LabelMeasure(_Answer):
    """How right the model is about one label."""

    label: str
    said: int
    given: int
    right: int
    precision: float | None
    recall: float | None


class AccuracyAnswer(_Answer):
    """How right the model is on what a person said."""

    said: int
    right: int | None
    accuracy: float | None
    low: float | None = Field(description="of the 95% interval (Wilson)")
    high: float | None
    temperature: float
    calibration_error: float | None
    doubtful: float | None = Field(
        description="the part of the judged pictures in the less certain half of all; 0.5 is a fair sample"
    )
    whole: float | None = Field(description="the accuracy on all pictures, estimated; null where too few were judged")
    note: str
    labels: list[LabelMeasure]


class CorrectionAnswer(_Answer):
    """What a correction did."""

    act: int
    changed: int
    accuracy: AccuracyAnswer
    counts: dict[str, int]


class UndoneAnswer(_Answer):
    """What was taken back."""

    act: int
    ids: list[int]
    accuracy: AccuracyAnswer
    counts: dict[str, int]


class LabelOf(_Answer):
    """A label of a picture."""

    class_: str = Field(alias="class")
    probability: float


class LookedAt(_Answer):
    """A picture of a label set."""

    image: Picture
    labels: list[LabelOf]
    margin: float | None = Field(description="the smaller, the less certain is the model")
    chances: list[LabelOf] = Field(description="the likeliest classes by the model, whatever a person said")
    said_by: str | None
    said_at: str | None


class LookedAtPage(_Answer):
    """Some pictures of a label set."""

    total: int
    pictures: list[LookedAt]
    cursor: str | None


class IdsBody(Body):
    """Which pictures are meant."""

    ids: Annotated[list[ImageId], Field(min_length=1, max_length=500)]


class LabelsOf(_Answer):
    """The labels of a picture, and who said so."""

    id: int
    labels: list[LabelOf]
    said_by: str | None
    said_at: str | None


class LabelsNow(_Answer):
    """The labels of some pictures, in the order in which they were asked for."""

    pictures: list[LabelsOf]


class RecalibratedAnswer(_Answer):
    """What calibrating did."""

    before: float
    after: float
    error_before: float
    error_after: float
    pictures: int
    accuracy: AccuracyAnswer


class LearntAnswer(_Answer):
    """What learning is worth, and whether it was taken."""

    held_out: int
    before: float | None = Field(description="accuracy on corrections that were held out")
    after: float | None
    before_interval: tuple[float, float] | None
    after_interval: tuple[float, float] | None
    interval: tuple[float, float] | None = Field(description="the 95% interval of the gain")
    better: int
    worse: int
    helped: bool
    examples: dict[str, int]
    taken: bool
    set: LabelSetAnswer
    accuracy: AccuracyAnswer


class EvalAnswer(_Answer):
    """What `clipsearch eval --from-corrections --format json` says."""

    unread: int
    pictures: int
    classes: list[str]
    best: dict[str, str]
    results: list[dict[str, Any]]


class SidecarCounts(_Answer):
    """What becomes of sidecars."""

    new: int
    changed: int
    unchanged: int


class SidecarChange(_Answer):
    """What becomes of one sidecar."""

    path: str
    change: str


class SidecarProblem(_Answer):
    """A sidecar, or a folder, that can't be written to."""

    path: str
    reason: str


class ExportAnswer(_Answer):
    """What an export would write, or wrote."""

    sidecars: SidecarCounts
    labels_added: int
    labels_removed: int
    from_people: int = Field(description="pictures among them whose labels are from a person")
    left_out: int = Field(description="labels that are not probable enough")
    examples: list[SidecarChange]
    plan: str | None
    action: str | None = Field(description="takes it back")
    problems: list[SidecarProblem]
    sentence: str
