"""Tests of search.filters.picture_coordinates: what was taken near a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import InvalidRequest, PictureError
from indexer.store.store import Store
from search.filters.filters import describe, make_filters
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.filters.rows import passing_ids


def gps(latitude: float, longitude: float) -> Image.Exif:
    """Return EXIF with a place in the north-east."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude, 0.0, 0.0)})
    return exif


def test_near_a_picture_in_the_library_or_outside_it(
    store: Store, photos: Path, encoder: ColourEncoder, tmp_path: Path
) -> None:
    for name, latitude in (("here.jpg", 48.85), ("there.jpg", 50.0)):
        Image.new("RGB", (8, 8), "red").save(photos / name, exif=gps(latitude, 2.35))
    run(store, photos, encoder)
    outside = tmp_path / "outside.jpg"
    Image.new("RGB", (8, 8), "red").save(outside, exif=gps(48.86, 2.35))
    here = [row[0] for row in store.db.execute("SELECT id FROM images WHERE path = 'here.jpg'")]
    assert passing_ids(store, near=str(photos / "here.jpg")) == here
    assert passing_ids(store, near=outside) == here
    assert describe(make_filters(near=outside)) == f"near {outside} within 10 km"


def test_near_a_picture_whose_sidecar_tells(store: Store, photos: Path, encoder: ColourEncoder, tmp_path: Path) -> None:
    from tests.indexer.metadata.sources import packet

    Image.new("RGB", (8, 8), "red").save(photos / "here.jpg", exif=gps(48.85, 2.35))
    run(store, photos, encoder)
    outside = tmp_path / "outside.png"
    Image.new("RGB", (8, 8), "red").save(outside)
    (tmp_path / "outside.xmp").write_bytes(packet(exif__GPSLatitude="48,51.5N", exif__GPSLongitude="2,21E"))
    assert passing_ids(store, near=outside) == [1]


def test_near_a_picture_that_tells_no_place_or_is_none(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    known = picture("known.png", "red")
    run(store, photos, encoder)
    for path in (known, picture("new.png", "blue")):
        with pytest.raises(InvalidRequest, match=f"{path} does not say where it was taken"):
            passing_ids(store, near=path)
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"bad\.jpg: not a picture"):
        passing_ids(store, near=tmp_path / "bad.jpg")
