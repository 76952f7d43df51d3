"""What an indexing run did. Of a data set the sources are what folders are else, and files have addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MOST_TAKEN = 10  # files that are named


@dataclass(frozen=True, slots=True)
class Taken:
    """A file of which a run has taken note."""

    what: str  # new, changed, moved or gone
    path: Path
    before: Path | None = None  # of a moved one, where it was


@dataclass(slots=True)
class Thumbnails:
    """Which pictures of the folders that were looked at have a thumbnail after a run that was to make them."""

    pictures: int = 0  # all of them; each moment of a video is one
    have: int = 0
    no_room: int = 0  # of the others, those for which there was no room


@dataclass(slots=True)
class Summary:
    """What a run did."""

    found: int = 0  # picture files in the folders
    encoded: int = 0
    moved: int = 0  # known under another path, not decoded again
    copied: int = 0  # byte for byte another picture, not decoded
    unchanged: int = 0
    forgotten: int = 0  # gone from the disk, or no longer readable
    failed: int = 0  # files that could not be indexed in this run
    failed_before: int = 0  # files that failed in an earlier run and have not changed since
    away: int = 0  # pictures of which only a sync client's placeholder is here; known ones stay known
    unread: int = 0  # folders and files that could not be examined
    problems: int = 0  # files, folders and links left out, each reported to the listener
    links: int = 0  # symbolic links not followed
    passed_over: dict[str, int] = field(default_factory=dict)  # how many files an extra would add, by its name
    kept: list[Path | str] = field(default_factory=list)  # folders now empty, or nearly, whose pictures are kept
    without_pictures: list[Path | str] = field(default_factory=list)  # folders in which no run ever found a picture
    missing: list[Path | str] = field(default_factory=list)  # folders that were named but can't be indexed
    stopped: bool = False  # told to stop before all was done
    unswitched: int = 0  # pictures out of reach of a re-index, because of which the old model stays active
    dropped_sets: list[str] = field(default_factory=list)  # label sets, no drafts, that went with the model before
    kept_sets: list[str] = field(default_factory=list)  # those that stay as a person corrected them; the rest is to do
    thumbnails: Thumbnails | None = None  # None if none were to be made
    unkept: int = 0  # thumbnails that could not be written
    seconds: float = 0.0
    encoding_seconds: float = 0.0
    taken: list[Taken] = field(default_factory=list)  # the first MOST_TAKEN files that were new, changed, moved or gone
    taken_too: int = 0  # and how many more

    def take(self, what: str, path: Path, before: Path | None = None) -> None:
        """Note that a file was new, changed, moved or gone."""
        if len(self.taken) < MOST_TAKEN:
            self.taken.append(Taken(what, path, before))
        else:
            self.taken_too += 1

    @property
    def rate(self) -> float:
        """Pictures encoded per second, without the time for the scan and for loading the model."""
        return self.encoded / self.encoding_seconds if self.encoding_seconds > 0 else 0.0

    @property
    def changed(self) -> bool:
        """Whether the library has changed."""
        return bool(self.encoded or self.moved or self.copied or self.forgotten)
