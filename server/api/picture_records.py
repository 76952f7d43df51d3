"""A picture as the API tells it: the record of a hit, with what a page needs besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from indexer.files.formats import VIDEO_FORMATS
from indexer.paths import from_columns, readable
from indexer.store.soundness import is_name
from search.library.hits import hits_of
from search.places.naming import with_places
from search.records import hit_record

if TYPE_CHECKING:
    from search.library.library import Library
    from search.results import Hit

HASH_BYTES = 16


class Copy(BaseModel):
    """The same picture in another file."""

    id: int
    score: float | None
    size: int
    width: int
    height: int
    path: str
    path_bytes: str | None = None
    thumb: str | None


class Picture(BaseModel):
    """A picture, as docs/hit.schema.json has it, with what a page needs besides."""

    path: str
    path_bytes: str | None = None
    score: float | None
    at: float | None
    id: int
    format: str
    size: int
    width: int
    height: int
    taken_at: str | None
    camera: str | None
    latitude: float | None
    longitude: float | None
    taken_from: str | None
    place: str | None
    country: str | None
    copies: list[Copy]
    thumb: str | None = Field(description="what its small pictures are kept under; null if its bytes are not known")
    folder: str = Field(description="ROOTID:relative/path of its folder")
    name: str = Field(description="of its file")
    matches: bool | None = Field(description="whether its score is a match; null without a score")


def picture_records(library: Library, hits: Sequence[Hit], lowest: float | None = None) -> list[dict[str, Any]]:
    """Return hits as the API's pictures; `lowest` is the least score that is a match."""
    places = _places(library, [one.id for hit in hits for one in (hit, *hit.copies)])
    return [_record(hit, places, lowest) for hit in with_places(hits) if hit.id in places]


def pictures_of(library: Library, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return pictures by id, in that order, without those that are gone."""
    return picture_records(library, hits_of(library.store, [(image, None) for image in ids]))


def thumb_of(content: Any, at_ms: Any, form: Any) -> str | None:
    """Return what the small pictures of a picture are kept under: the hash of its file, of a video with the moment."""
    if type(content) is not bytes or len(content) != HASH_BYTES:
        return None
    return f"{content.hex()}-{at_ms}" if at_ms or form in VIDEO_FORMATS else content.hex()


def _record(hit: Hit, places: dict[int, tuple[str, str, str | None]], lowest: float | None) -> dict[str, Any]:
    folder, name, thumb = places[hit.id]
    record = hit_record(hit)
    for copy in record["copies"]:
        copy["thumb"] = places[copy["id"]][2] if copy["id"] in places else None
    best = hit.best_score
    matches = None if best is None or lowest is None else best >= lowest
    return {**record, "thumb": thumb, "folder": folder, "name": name, "matches": matches}


def _places(library: Library, ids: Sequence[int]) -> dict[int, tuple[str, str, str | None]]:
    """Return the folder, the name and the thumbnail's name of pictures, by id."""
    select = "SELECT id, root, path, path_bytes, content_hash, at_ms, format FROM images WHERE id IN ({marks})"
    found = {}
    for image, root, path, raw, content, at_ms, form in library.store.db.rows_in(select, ids):
        if is_name(path, raw):
            folder, _, name = readable(from_columns(path, raw)).rpartition("/")
            found[image] = (f"{root}:{folder}", name, thumb_of(content, at_ms, form))
    return found
