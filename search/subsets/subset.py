"""A subset of a library: its pictures, their labels, and what else a data set says of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.paths import readable, to_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS = 6  # of probabilities and scores


@dataclass(frozen=True, slots=True)
class SubsetPicture:
    """A picture of a subset."""

    id: str  # in the library
    where: Path | str  # its file, or the address of one that is elsewhere
    name: str  # of its file
    format: str = ""  # such as JPEG
    size: int = 0  # bytes, as far as the library knows
    width: int = 0  # pixels, as shown upright
    height: int = 0
    labels: tuple[tuple[str, float], ...] = ()  # class and probability, the most probable first
    said_by: str | None = None  # who gave it these labels; None where the model did
    score: float | None = None  # cosine with what was asked for
    caption: str | None = None  # what its source says that it shows
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    digest: bytes | None = None  # of the content that was indexed, b"" if that is unknown; None if all will do

    @property
    def label(self) -> str | None:
        """The most probable label."""
        return self.labels[0][0] if self.labels else None


@dataclass(frozen=True, slots=True)
class Subset:
    """Pictures of a library that belong together."""

    title: str  # what they are, such as the query
    model: str  # the name of the model
    pictures: Sequence[SubsetPicture]
    label_set: str | None = None
    classes: tuple[str, ...] = ()  # of the labels, in the order of the label set
    is_multi: bool = False  # whether a picture may have several labels
    videos: int = 0  # left out, since these data sets hold pictures
    unlabelled: int = 0  # left out for want of a label

    @property
    def indexes(self) -> dict[str, int]:
        """The index of each class, from 0."""
        return {name: index for index, name in enumerate(self.classes)}

    @property
    def bytes(self) -> int:
        """How large the pictures' files are together."""
        return sum(picture.size for picture in self.pictures)


def facts_of(picture: SubsetPicture) -> dict[str, Any]:
    """Return what a data set says of a picture, as JSON has it.

    `original` is where it came from, with `original_bytes` if that is no UTF-8.
    """
    original = {key.replace("path", "original"): value for key, value in to_fields(str(picture.where)).items()}
    label = picture.label
    return {
        "label": None if label is None else readable(label),
        "probability": round(picture.labels[0][1], DIGITS) if picture.labels else None,
        "said_by": None if picture.said_by is None else readable(picture.said_by),
        "labels": [{"class": readable(name), "probability": round(value, DIGITS)} for name, value in picture.labels],
        "score": None if picture.score is None else round(picture.score, DIGITS),
        "caption": picture.caption,
        "width": picture.width,
        "height": picture.height,
        "taken_at": picture.taken_at,
        "latitude": picture.latitude,
        "longitude": picture.longitude,
        **original,
    }
