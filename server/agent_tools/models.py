"""What tools are given and what they tell, as their schemas have it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from indexer.errors import InvalidRequest
from server.agent_tools.answers import Answer
from server.api.models import Body, FiltersBody, ImageId
from server.labelling.class_models import ClassBody

WHERE = frozenset(("near", "radius", "placed"))  # filters by which a place can be narrowed down
NO_PLACES = "Where photos were taken is not told here, so near, radius and placed are no filters; leave them out."

LONGEST_QUERY = 500  # characters
MOST_IDS = 50
MOST_LIKE = 10

Short = Annotated[str, Field(max_length=LONGEST_QUERY), WithJsonSchema({"type": "string"})]
Shorts = Annotated[list[Short], Field(max_length=100)]
Ids = Annotated[list[ImageId], Field(min_length=1, max_length=MOST_IDS)]
LikeIds = Annotated[list[ImageId], Field(max_length=MOST_LIKE)]

LONGEST_CLASS = 4_000  # characters, with its prompts
MOST_CLASSES = 200

ClassInput = Annotated[str, Field(min_length=1, max_length=LONGEST_CLASS)]
Classes = Annotated[
    list[ClassInput | ClassBody],
    Field(
        min_length=1,
        max_length=MOST_CLASSES,
        description='"cup", or "crane=a tower crane|a crane\'s jib" with texts that say what is meant;'
        " a backslash before = or | makes it part of the name. Or an object, with ids of photos that show it",
    ),
]
Other = Annotated[
    bool | None, Field(description='whether what fits no class is "other"; by default if there are few classes')
]
Multi = Annotated[bool, Field(description="whether a photo may have several labels, each judged for itself")]
Threshold = Annotated[
    float | None,
    Field(
        ge=0, le=1, allow_inf_nan=False, description="the least probability of a label; by default 0, with multi 0.5"
    ),
]


class PhotoFilters(Body):
    """Which photos are meant; what is left out does not matter."""

    folders: Shorts = Field(
        default_factory=list, description='below any of these, as "folder" of a photo or of library_overview has them'
    )
    after: Short | None = Field(
        default=None, description="taken then or later: 2024, 2024-05, 2024-05-19, 'last summer', '3 weeks ago'"
    )
    before: Short | None = Field(default=None, description="taken before that; in the same forms")
    cameras: Shorts = Field(default_factory=list, description="taken with any of these; a part of the name will do")
    near: Short | None = Field(default=None, description="a city, a country, or latitude,longitude")
    radius: Short | None = Field(default=None, description="around near, such as 5km")
    labels: Shorts = Field(
        default_factory=list, description="with any of these labels, as library_overview has them: CLASS, or SET:CLASS"
    )
    types: Shorts = Field(default_factory=list, description="of any of these: jpeg, png, heif, raw, video, still, …")
    min_size: Short | None = Field(default=None, description="at least that large: WIDTHxHEIGHT or 12mp")
    named: Shorts = Field(default_factory=list, description="with all of these in the file's name or folder")
    dated: bool | None = Field(default=None, description="whether it is known when they were taken")
    placed: bool | None = Field(default=None, description="whether it is known where they were taken")

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: Any) -> Any:
        """Leave out what says nothing, and take a text for a list of one: so some models write it."""
        if not isinstance(given, dict):
            return given
        lists = {name for name, field in cls.model_fields.items() if field.default_factory is list}
        said = {name: value for name, value in given.items() if value is not None and value != ""}
        return {name: [value] if name in lists and isinstance(value, str) else value for name, value in said.items()}

    def body(self, *, places: bool) -> FiltersBody:
        """Return them as the API has them; raises InvalidRequest for one that would tell of places which are not."""
        if not places and any(getattr(self, name) is not None for name in WHERE):
            raise InvalidRequest(NO_PLACES)
        return FiltersBody(**self.model_dump())


class PhotoCopy(Answer):
    """The same photo in another file."""

    id: int
    score: float | None
    size: int
    width: int
    height: int
    path: str
    path_bytes: str | None = None


class Photo(Answer):
    """A photo, as docs/hit.schema.json has it; its uri is a resource."""

    uri: str
    path: str
    path_bytes: str | None = None
    name: str = Field(description="of its file")
    folder: str = Field(description="ROOTID:relative/path of its folder, for filters")
    score: float | None = Field(description="cosine similarity, -1..1")
    matches: bool | None = Field(description="whether that is a match; null without a score")
    at: float | None = Field(description="seconds into a video")
    id: int
    format: str
    size: int = Field(description="bytes")
    width: int
    height: int
    taken_at: str | None
    taken_from: str | None
    camera: str | None
    latitude: float | None = Field(default=None, description="left out with --no-places")
    longitude: float | None = None
    place: str | None = None
    country: str | None = None
    copies: list[PhotoCopy]
