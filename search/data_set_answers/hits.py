"""Pictures of a data set that were found, with what its table says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import ID
from indexer.data_sets.texts import from_column
from indexer.files.formats import VIDEO_FORMATS
from search.library.hits import camera
from search.query.sorting import WALL_CLOCK, Order, check_order, natural_key

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    ID,
    "address",
    "at_ms",
    "format",
    "size",
    "width",
    "height",
    "taken_at",
    "camera_make",
    "camera_model",
    "latitude",
    "longitude",
    "taken_from",
    "caption",
)


@dataclass(frozen=True, slots=True)
class DataSetHit:
    """A picture of a data set that a query found; what a local library's has too means the same (results.Hit)."""

    address: str  # by which it can be read: a path, a URL, or that of what it is in and its name there
    score: float | None  # cosine similarity, -1..1; None for filters alone
    at: float | None = None  # of a video: seconds from its start
    id: str = ""  # in the table of pictures
    format: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    taken_at: str | None = None
    camera: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    taken_from: str | None = None
    place: str | None = None
    country: str | None = None
    copies: tuple[DataSetHit, ...] = ()
    caption: str | None = None  # what the data set says that it shows

    @property
    def best_score(self) -> float | None:
        """The score of the best of this picture and its copies, by which results are sorted."""
        return max((hit.score for hit in (self, *self.copies) if hit.score is not None), default=None)


@dataclass(frozen=True, slots=True)
class DataSetAnswer:
    """What a query found in a data set: the nearest pictures, and which of them match."""

    nearest: tuple[DataSetHit, ...]  # best first, whether they match or not
    matching: int  # pictures that match among those judged; with filters alone all that pass
    lowest: float  # the lowest score that matches; infinite if nothing does

    @property
    def hits(self) -> tuple[DataSetHit, ...]:
        """The nearest pictures that match, best first; with filters alone all of them."""
        return tuple(hit for hit in self.nearest if hit.score is None or hit.score >= self.lowest)


def hits_of(rows: pa.Table | pa.RecordBatch, scores: Iterable[float | None]) -> list[DataSetHit]:
    """Return the hits of rows with at least COLUMNS, in their order."""
    columns = {name: rows[name].to_pylist() for name in COLUMNS}
    each = zip(*columns.values(), strict=True)
    return [_hit(dict(zip(COLUMNS, values, strict=True)), score) for values, score in zip(each, scores, strict=True)]


def _hit(row: Mapping[str, Any], score: float | None) -> DataSetHit:
    at_ms, form = row["at_ms"], row["format"] or ""
    return DataSetHit(
        address=from_column(row["address"]),
        score=None if score is None else min(1.0, max(-1.0, score)),
        at=(at_ms or 0) / 1000 if at_ms is not None or form in VIDEO_FORMATS else None,
        id=row[ID],
        format=form,
        size=row["size"] or 0,
        width=row["width"] or 0,
        height=row["height"] or 0,
        taken_at=row["taken_at"],
        camera=camera(row["camera_make"], row["camera_model"]),
        latitude=row["latitude"],
        longitude=row["longitude"],
        taken_from=row["taken_from"],
        caption=row["caption"],
    )


def sorted_hits(hits: Sequence[DataSetHit], by: Order) -> list[DataSetHit]:
    """Return hits by score, date or address, as those of a local library are sorted (query/sorting.py)."""
    check_order(by)
    match by:
        case "score":
            return sorted(hits, key=lambda hit: -2.0 if hit.best_score is None else hit.best_score, reverse=True)
        case "date":
            return sorted(hits, key=lambda hit: (hit.taken_at or "")[:WALL_CLOCK], reverse=True)
        case "path":
            return sorted(hits, key=lambda hit: (natural_key(PurePosixPath(hit.address)), hit.address, hit.at or 0.0))


def with_places(hits: Sequence[DataSetHit], say: Any = lambda line: None) -> list[DataSetHit]:
    """Return hits with the names of the places where they were taken, as far as names can be had."""
    from search.places.naming import names_at

    names = names_at([(hit.latitude, hit.longitude) for hit in hits], say)
    return [
        replace(hit, place=place, country=country) if country is not None else hit
        for hit, (place, country) in zip(hits, names, strict=True)
    ]
