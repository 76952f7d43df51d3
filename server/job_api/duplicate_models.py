"""What duplicates are asked for by, and what is told of them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from server.api.models import Body, Texts
from server.api.picture_records import Picture


class LookFor(Body):
    """Which duplicates are looked for."""

    folders: Texts = Field(default_factory=list, description="below any of these: ROOTID:relative/path; none means all")
    exact: bool = Field(default=False, description="whether only files with the same bytes count")


class DuplicatesAnswer(BaseModel):
    """How far the search for duplicates is, and what it found."""

    state: Literal["none", "running", "done", "stopped", "failed"]
    step: str = ""
    done: int = 0
    of: int = 0
    groups: int = 0
    spare: int = Field(default=0, description="files that can go without a loss")
    spare_bytes: int = 0
    stale: bool = Field(default=False, description="whether the library has changed since")
    error: str | None = None


class Duplicate(Picture):
    """A picture of a group."""

    match: str = Field(description="what it is to the best of the group, which comes first")
    bits: int = Field(description="of the 255 of the perceptual hash that differ from the best's")
    spare: bool = Field(description="whether it can go without a loss")
    reasons: list[str] = Field(description="why it is the best, or stands behind it")


class GroupAnswer(BaseModel):
    """Pictures that are the same, the best first."""

    pictures: list[Duplicate]
    spare_bytes: int


class GroupsAnswer(BaseModel):
    """A part of the groups."""

    groups: list[GroupAnswer]
    total: int
    cursor: str | None = Field(description="to go on behind these; null at the end")
