"""Where a picture was taken, to find what was taken near it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import InvalidRequest, PictureError
from indexer.paths import absolute, readable
from indexer.store.pictures import image_at
from indexer.store.soundness import is_number
from search.filters.coordinates import Coordinates
from search.places.named import Area, NamedPlace

if TYPE_CHECKING:
    from indexer.store.store import Store


def centre_of(store: Store, near: Coordinates | NamedPlace | Path | str | Area | None) -> Coordinates | Area | None:
    """Return the coordinates near which, or the area in which, pictures must have been taken.

    Raises as `coordinates_of` does.
    """
    if isinstance(near, str):
        raise InvalidRequest(f"{readable(near).partition('?')[0]} is no picture of this library, which has no URLs.")
    if isinstance(near, Path):
        return coordinates_of(store, near)
    return Coordinates(near.latitude, near.longitude) if isinstance(near, NamedPlace) else near


def coordinates_of(store: Store, path: Path) -> Coordinates:
    """Return where a picture was taken, from the library or, if it is not there, from the file.

    Raises InvalidRequest if the picture does not say, PictureError if it can't be read.
    """
    known = image_at(store, absolute(path))
    if known is None:
        return coordinates_in(path)
    sql = "SELECT latitude, longitude FROM images WHERE id = ?"
    return coordinates_stated(path, *store.db.execute(sql, [known[0]]).fetchone())


def coordinates_in(path: Path) -> Coordinates:
    """Return where a picture was taken, from its own metadata or from what lies beside it; raises as above."""
    from indexer.decoding.decode import open_picture
    from indexer.metadata.beside import metadata_beside
    from indexer.metadata.metadata import merged

    resolved = absolute(path)
    try:
        metadata = merged(open_picture(resolved, 1).metadata, metadata_beside(resolved))
    except PictureError as error:
        raise PictureError(f"{readable(path)}: {error}") from error
    return coordinates_stated(path, metadata.latitude, metadata.longitude)


def coordinates_stated(picture: Path | str, latitude: Any, longitude: Any) -> Coordinates:
    """Return what a picture says of where it was taken; raises InvalidRequest if that is nowhere."""
    if is_number(latitude, -90, 90) and is_number(longitude, -180, 180):
        return Coordinates(latitude, longitude)
    raise InvalidRequest(f"{readable(picture)} does not say where it was taken; give coordinates, such as 48.85,2.35.")
