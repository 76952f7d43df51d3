"""What is told of index runs, folders and failures."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Rules(BaseModel):
    """What a folder leaves out and takes in."""

    exclude: list[str]
    include_hidden: bool
    follow_links: bool


class RootAnswer(BaseModel):
    """A folder whose pictures are in the library."""

    id: int
    path: str
    pictures: int
    indexed_at: str | None = Field(description="when a run last went over all of it, UTC")
    state: str = Field(description="mounted, empty, not there, or not readable")
    rules: Rules


class LeftOut(BaseModel):
    """A file or folder that was left out."""

    path: str
    reason: str
    lasting: bool = Field(description="whether the file itself is bad; else each run tries it again")


class Progress(BaseModel):
    """How far this server's run is."""

    step: Literal["looking", "loading", "encoding", "finishing"]
    sentence: str
    done: int
    total: int
    rate: float = Field(description="files a second, over the last seconds")
    left_seconds: float | None
    failed: int
    slowest: Literal["disk", "decode", "encode"] | None
    current: str | None
    problems: list[LeftOut] = Field(description="the last ones")


class Ended(BaseModel):
    """How the last run of this server ended."""

    ended_at: str
    sentence: str
    ok: bool


class IndexAnswer(BaseModel):
    """Whether the library is being indexed, and how far that is."""

    running: bool
    by: str | None = Field(description="another process that indexes it")
    mine: bool = Field(description="whether it is this server's run")
    stopping: bool
    progress: Progress | None
    last: Ended | None
    roots: list[RootAnswer]
    failures: int
    pictures: int


class KnownFailure(LeftOut):
    """A file or folder that could not be indexed."""

    failed_at: str


class Failures(BaseModel):
    """A part of what could not be indexed."""

    failures: list[KnownFailure]
    total: int
    cursor: str | None = Field(description="to go on behind these; null at the end")
