"""What requests say: what is searched for and which pictures are meant."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_TERMS = 20
LONGEST = 2_000  # characters of any text

Text = Annotated[str, Field(max_length=LONGEST)]
Texts = Annotated[list[Text], Field(max_length=100)]
ImageId = Annotated[int, Field(ge=1, lt=2**53)]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Body(BaseModel):
    """A request's body: what is not known is refused, so that a slip of the pen is noticed."""

    model_config = ConfigDict(extra="forbid", strict=False)


class TermBody(Body):
    """One part of what is searched for: a text, a picture of the library, or one that was uploaded."""

    text: Text | None = None
    id: ImageId | None = None
    upload: Annotated[str, Field(max_length=64)] | None = None
    weight: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] = 1.0

    @model_validator(mode="after")
    def _is_one(self) -> TermBody:
        given = [part for part in (self.text, self.id, self.upload) if part is not None]
        if len(given) != 1 or self.weight == 0:
            raise ValueError("a term is one of text, id and upload, with a weight that is not 0")
        return self


class FiltersBody(Body):
    """Which pictures are meant; the defaults mean all."""

    folders: Texts = Field(default_factory=list, description="below any of these: ROOTID:relative/path")
    after: Text | None = None
    before: Text | None = None
    cameras: Texts = Field(default_factory=list)
    near: Text | None = Field(default=None, description="latitude,longitude or the name of a place")
    radius: Text | None = None
    labels: Texts = Field(default_factory=list, description="any of these: CLASS, or SET:CLASS")
    types: Texts = Field(default_factory=list)
    min_size: Text | None = None
    named: Texts = Field(default_factory=list)
    dated: bool | None = None
    placed: bool | None = None
    box: Annotated[list[Degrees], Field(min_length=4, max_length=4)] | None = Field(
        default=None, description="south, west, north, east, in degrees; across the date line if west is above east"
    )
    lasso: Annotated[list[tuple[Number, Number]], Field(min_length=3, max_length=200)] | None = Field(
        default=None, description="a polygon in the library's plane"
    )


class SearchBody(Body):
    """What is searched for, among which pictures, in which order."""

    terms: Annotated[list[TermBody], Field(max_length=MOST_TERMS)] = Field(default_factory=list)
    filters: FiltersBody = Field(default_factory=FiltersBody)
    sort: Literal["score", "date", "path"] | None = None
    cutoff: Literal["auto", "none"] | Annotated[float, Field(ge=-1, le=1)] = "auto"
    fold: bool = True
    raw: bool = False
