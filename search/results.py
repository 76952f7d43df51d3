"""What searching and labelling return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that a query found."""

    path: Path
    score: float | None  # cosine similarity, -1..1; None for filters alone
    at: float | None = None  # of a video: seconds from its start
    id: int = 0  # in the library's table images
    format: str = ""  # such as JPEG
    size: int = 0  # bytes
    width: int = 0  # pixels, as shown upright
    height: int = 0
    taken_at: str | None = None  # ISO 8601, as far as known: 2019-07, or to the second, perhaps with an offset
    camera: str | None = None  # make and model
    latitude: float | None = None  # degrees, north is positive
    longitude: float | None = None  # degrees, east is positive
    taken_from: str | None = None  # what says taken_at, such as exif-original or file-name; None if that is not known
    place: str | None = None  # the nearest city, town or village, up to some 50 km away, as "Paris, France"
    country: str | None = None  # that of the nearest place up to 200 km away
    copies: tuple[Hit, ...] = ()  # the same picture in other files, best first; folded behind the largest, this one

    @property
    def best_score(self) -> float | None:
        """The score of the best of this picture and its copies, by which results are sorted."""
        return max((hit.score for hit in (self, *self.copies) if hit.score is not None), default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the nearest pictures, and which of them match."""

    nearest: tuple[Hit, ...]  # best first, stacks by the best of their copies, whether they match or not
    matching: int  # pictures that match among those judged, which may be more than `nearest`
    lowest: float  # the lowest score that matches; infinite if nothing does

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The nearest pictures that match, best first; with filters alone all of them."""
        return tuple(hit for hit in self.nearest if hit.score is None or hit.score >= self.lowest)


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture with its labels, and the probabilities of the classes."""

    path: Path
    probabilities: Mapping[str, float]  # class -> probability, 0..1; of all classes, or of the best
    at: float | None = None  # of a video: seconds from its start
    labels: tuple[tuple[str, float], ...] = ()  # with probabilities, the highest first; "other" if no class fits
    margin: float = 0.0  # between the best two labels, or to the nearest threshold: the smaller, the less certain
    said_by: str | None = None  # who gave it these labels; None where the model did

    @property
    def best(self) -> str:
        """The most probable label."""
        return self.labels[0][0] if self.labels else max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def probability(self) -> float:
        """The probability of the most probable label."""
        return self.labels[0][1] if self.labels else self.probabilities[self.best]


class AnyLabelled(Protocol):
    """A picture with its labels, of a folder or of a data set; LabelledPicture says what all this is."""

    @property
    def path(self) -> Path | str:
        """Where it is."""

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Of the classes."""

    @property
    def at(self) -> float | None:
        """Of a video: seconds."""

    @property
    def labels(self) -> tuple[tuple[str, float], ...]:
        """With probabilities."""

    @property
    def margin(self) -> float:
        """How certain they are."""

    @property
    def said_by(self) -> str | None:
        """Who gave it these labels."""

    @property
    def best(self) -> str:
        """The most probable label."""

    @property
    def probability(self) -> float:
        """Its probability."""


@dataclass(frozen=True, slots=True)
class RootInfo:
    """A root and how many of its pictures are in the library."""

    path: Path
    pictures: int
    indexed_at: str | None  # UTC, ISO 8601


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """A library's model, counts, sizes and roots."""

    folder: Path | None
    model: str | None
    fingerprint: str | None
    dim: int | None
    pictures: int
    dated: int  # pictures with a date, of whatever source
    placed: int  # pictures with a place
    countries: dict[str, int]  # how many of these were taken in each country, the most first
    cities: dict[str, int]  # and at which places most were
    embeddings: int  # of the active model
    precisions: dict[str, int]  # how many of these were computed in what; "" for those of older versions
    int8: dict[str, Any] | None  # whether 8 bits are `taken` for this library's pictures, and what decided it
    texts: int
    labels: int
    failures: int  # files that can't be indexed
    database_bytes: int
    faiss_bytes: int
    index: str  # "exact", or "compressed" for a large library
    index_recall: float  # @10 against exact search, measured on held-out queries
    index_changes: int  # embeddings added, changed or removed since the compressed index was made
    roots: tuple[RootInfo, ...]
