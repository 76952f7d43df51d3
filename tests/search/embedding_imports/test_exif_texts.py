"""Tests of search.embedding_imports.exif_texts, and of dates and places that come in with embeddings."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from search.data_sets.sqlite_data_set import SqliteDataSet
from search.embedding_imports.exif_texts import metadata_in
from search.embedding_imports.found import readers_of
from search.embedding_imports.imported_columns import Addresses
from search.embedding_imports.importing import import_embeddings
from search.embedding_imports.reading import ColumnNames
from search.embedding_imports.spooling import Wanted
from search.embedding_imports.target import ImportTarget
from tests.data_sets import DESCRIPTION
from tests.embedding_files import data_set, everything, half, import_into, write_parquet

CAMERA = {  # as exifread prints it, which img2dataset keeps
    "Image Make": "Canon",
    "Image Model": "Canon EOS 80D",
    "Image DateTime": "2020:01:01 00:00:00",
    "Image Orientation": "Rotated 90 CW",
    "EXIF DateTimeOriginal": "2019:07:04 12:30:05",
    "EXIF SubSecTimeOriginal": "12",
    "EXIF OffsetTimeOriginal": "+02:00",
    "EXIF LensModel": "EF-S18-55mm",
    "GPS GPSLatitudeRef": "N",
    "GPS GPSLatitude": "[48, 51, 147/5]",
    "GPS GPSLongitudeRef": "W",
    "GPS GPSLongitude": "[2, 21, 0]",
}


def test_what_a_camera_wrote() -> None:
    said = metadata_in(json.dumps(CAMERA))
    assert (said.taken_at, said.taken_ms, said.taken_from) == ("2019-07-04T12:30:05+02:00", 120, "exif-original")
    assert (said.camera_make, said.camera_model, said.lens) == ("Canon", "Canon EOS 80D", "EF-S18-55mm")
    assert (said.latitude, said.longitude) == (48.8581667, -2.35)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "{}", "no JSON", "[1]", "[" * 60_000, json.dumps({"Image Make": 5, "Image DateTime": [2019]})),
        json.dumps({"EXIF DateTimeOriginal": "0000:00:00 00:00:00", "GPS GPSLatitude": "[0, 0, 0/0]"}),
        json.dumps({"GPS GPSLatitude": "[1e999999, 0, 0]", "GPS GPSLatitudeRef": "N"}),
    ],
)
def test_what_makes_no_sense_says_nothing(text: str | None) -> None:
    said = metadata_in(text)
    assert (said.taken_at, said.camera_make, said.latitude, said.longitude) == (None, None, None, None)


def facts_in(library: Path, folder: Path, *columns: str, **facts: Any) -> list[tuple[Any, ...]]:
    """Import rows with facts into a library in a folder, SQLite or Lance, and return columns of what it then has."""
    (count,) = {len(values) for values in facts.values()}
    places = [str(folder / f"{number}.jpg") for number in range(count)]
    file = write_parquet(folder / "e.parquet", half(count), path=places, **facts)
    if library.name == "lance":
        import_into(library, file)
        rows = everything(data_set(library))
    else:
        wanted = Wanted(DESCRIPTION, Addresses(str(folder), (str(folder),)), ColumnNames())
        target = ImportTarget(library)
        import_embeddings(readers_of([file], ColumnNames()), wanted, lambda: target.open(DESCRIPTION, str(folder)))
        with target.open(DESCRIPTION, str(folder)) as pictures:
            assert isinstance(pictures, SqliteDataSet)
            rows = everything(pictures)
    return [tuple(row[name] for name in columns) for row in sorted(rows, key=lambda row: str(row["address"]))]


@pytest.mark.parametrize("kind", ["lance", "sqlite"])
def test_dates_places_and_cameras_of_other_programs_are_kept(tmp_path: Path, kind: str) -> None:
    names = ("taken_at", "taken_from", "latitude", "longitude", "camera_make", "lens")
    found = facts_in(
        tmp_path / kind,
        tmp_path,
        *names,
        exif=[json.dumps(CAMERA), json.dumps(CAMERA), "{}", None],
        date_taken=[None, "2018:01:02 03:04:05", "4 July 2019", "soon"],
        lat=[None, 10.0, None, None],
        lng=[None, 20.0, None, None],
    )
    of_exif = ("Canon", "EF-S18-55mm")
    assert found == [
        ("2019-07-04T12:30:05+02:00", "exif-original", 48.8581667, -2.35, *of_exif),
        ("2018-01-02T03:04:05", None, 10.0, 20.0, *of_exif),
        ("2019-07-04", None, None, None, None, None),
        (None, None, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2021, 7, 4, 10, 0, 0), "2021-07-04T10:00:00"),
        (datetime(2021, 7, 4, 10, 0, 0, 500, timezone(timedelta(hours=2))), "2021-07-04T10:00:00+02:00"),
        (date(2021, 7, 4), "2021-07-04"),
        ("2021-07", "2021-07"),
        ("2021-07-04 10:00", "2021-07-04T10:00:00"),
        (1625392800, "2021-07-04T10:00:00+00:00"),
        (True, None),
        (b"\xff", None),
    ],
)
def test_dates_of_any_kind(tmp_path: Path, value: Any, expected: str | None) -> None:
    assert facts_in(tmp_path / "lance", tmp_path, "taken_at", taken_at=[value]) == [(expected,)]
