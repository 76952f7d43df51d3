"""Where a picture was taken, to find what was taken near it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest, PictureError
from indexer.paths import absolute, readable
from indexer.store.pictures import image_at
from indexer.store.soundness import is_number
from search.filters.coordinates import Coordinates
from search.places.named import Area, NamedPlace

if TYPE_CHECKING:
    from indexer.store.store import Store


def centre_of(store: Store, near: Coordinates | NamedPlace | Path | Area | None) -> Coordinates | Area | None:
    """Return the coordinates near which, or the area in which, pictures must have been taken.

    Raises as `coordinates_of` does.
    """
    if isinstance(near, Path):
        return coordinates_of(store, near)
    return Coordinates(near.latitude, near.longitude) if isinstance(near, NamedPlace) else near


def coordinates_of(store: Store, path: Path) -> Coordinates:
    """Return where a picture was taken, from the library or, if it is not there, from the file.

    Raises InvalidRequest if the picture does not say, PictureError if it can't be read.
    """
    resolved, shown = absolute(path), readable(path)
    known = image_at(store, resolved)
    if known is not None:
        sql = "SELECT latitude, longitude FROM images WHERE id = ?"
        latitude, longitude = store.db.execute(sql, [known[0]]).fetchone()
    else:
        latitude, longitude = _read(resolved, shown)
    if not (is_number(latitude, -90, 90) and is_number(longitude, -180, 180)):
        raise InvalidRequest(f"{shown} does not say where it was taken; give coordinates, such as 48.85,2.35.")
    return Coordinates(latitude, longitude)


def _read(path: Path, shown: str) -> tuple[float | None, float | None]:
    """Return latitude and longitude from a picture's own metadata, or from what lies beside it."""
    from indexer.decoding.decode import open_picture
    from indexer.metadata.beside import metadata_beside
    from indexer.metadata.metadata import merged

    try:
        metadata = merged(open_picture(path, 1).metadata, metadata_beside(path))
    except PictureError as error:
        raise PictureError(f"{shown}: {error}") from error
    return metadata.latitude, metadata.longitude
