"""What searching returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that a query found."""

    path: Path
    score: float | None  # cosine similarity, -1..1; None if nothing but filters was asked for
    at: float | None = None  # of a video: seconds from its start
    id: int = 0  # of the library's table images
    format: str = ""  # such as JPEG
    size: int = 0  # bytes
    width: int = 0  # pixels, as shown upright
    height: int = 0
    taken_at: str | None = None  # ISO 8601, with the offset from UTC where the picture gives one
    camera: str | None = None  # make and model
    latitude: float | None = None  # degrees, north is positive
    longitude: float | None = None  # degrees, east is positive


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the nearest pictures, and how good a match must be."""

    nearest: tuple[Hit, ...]  # best first, whether they match or not
    matching: int  # pictures that match, of those that were judged: some more than `nearest` may hold
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
    labels: tuple[
        tuple[str, float], ...
    ] = ()  # (label, probability), the most probable first; "other" if no class fits
    margin: float = 0.0  # between the best two labels, or from the nearest threshold: the less, the less certain

    @property
    def best(self) -> str:
        """The label, of several the most probable one."""
        return self.labels[0][0] if self.labels else max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def probability(self) -> float:
        """The probability of that label."""
        return self.labels[0][1] if self.labels else self.probabilities[self.best]


@dataclass(frozen=True, slots=True)
class RootInfo:
    """A root and how many pictures of it are in the library."""

    path: Path
    pictures: int
    indexed_at: str | None  # UTC, ISO 8601


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """What there is in a library."""

    folder: Path | None
    model: str | None
    fingerprint: str | None
    dim: int | None
    pictures: int
    embeddings: int  # of the active model
    texts: int
    labels: int
    failures: int  # files that can't be indexed
    database_bytes: int
    faiss_bytes: int
    index: str  # "exact", or "compressed" for a large library
    index_recall: float  # @10 against exact search, measured on held-out queries
    index_changes: int  # embeddings that came, changed or went since the compressed index was made
    roots: tuple[RootInfo, ...]
