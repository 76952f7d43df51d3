"""Tests of indexer.metadata.beside, on real folders."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from indexer.metadata.beside import metadata_beside
from indexer.metadata.metadata import Metadata
from tests.indexer.metadata.sources import packet

WHEN = "2019-07-04T12:30:05+02:00"
SIDECAR = packet(exif__DateTimeOriginal=WHEN, exif__GPSLatitude="48,51N", exif__GPSLongitude="2,21E")


def takeout(seconds: int = 1562243405) -> bytes:
    return json.dumps(
        {"photoTakenTime": {"timestamp": str(seconds)}, "geoData": {"latitude": 1.5, "longitude": 2.5}}
    ).encode()


def beside(folder: Path, picture: str, **files: bytes) -> Metadata:
    """Return what lies beside a picture that has these files around it."""
    (folder / picture).touch()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return metadata_beside(folder / picture)


@pytest.mark.parametrize(
    ("picture", "sidecar"),
    [
        ("a.jpg", "a.jpg.xmp"),
        ("a.jpg", "a.xmp"),
        ("a.JPG", "a.jpg.XMP"),
        ("A.jpg", "a.XMP"),
        ("a.cr2", "a.xmp"),
        ("a.mp4", "a.mp4.xmp"),
        ("a.b.jpg", "a.b.xmp"),
    ],
)
def test_sidecars(tmp_path: Path, picture: str, sidecar: str) -> None:
    expected = Metadata(WHEN, latitude=48.85, longitude=2.35, taken_from="sidecar")
    assert beside(tmp_path, picture, **{sidecar: SIDECAR}) == expected
    assert metadata_beside(tmp_path / "other.jpg") == Metadata()


def test_the_sidecar_of_one_picture_is_not_that_of_another(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert beside(tmp_path, "a.jpg.png", **{"a.jpg.xmp": SIDECAR}) == Metadata()
    assert metadata_beside(tmp_path / "a.jpg").taken_at == WHEN


def test_ones_own_sidecar_comes_first(tmp_path: Path) -> None:
    files = {"a.xmp": packet(xmp__CreateDate="2011-01-01"), "a.jpg.xmp": SIDECAR}
    assert beside(tmp_path, "a.jpg", **files).taken_at == WHEN


def test_takeout(tmp_path: Path) -> None:
    expected = Metadata("2019-07-04T12:30:05+00:00", latitude=1.5, longitude=2.5, taken_from="takeout")
    assert beside(tmp_path, "IMG_1.jpg", **{"IMG_1.jpg.supplemental-metadata.json": takeout()}) == expected
    assert beside(tmp_path, "IMG_1(1).jpg", **{"IMG_1.jpg(1).json": takeout(1600000000)}).taken_at == (
        "2020-09-13T12:26:40+00:00"
    )
    assert metadata_beside(tmp_path / "IMG_1-edited.jpg") == expected


def test_the_order(tmp_path: Path) -> None:
    name = "IMG_20200101_101010.jpg"
    assert beside(tmp_path, name).taken_from == "file-name"
    assert beside(tmp_path, name, **{f"{name}.json": takeout()}).taken_at == "2020-01-01T10:10:10"
    metadata = beside(tmp_path, name, **{f"{name}.xmp": SIDECAR})
    assert (metadata.taken_at, metadata.latitude) == (WHEN, 48.85)


def test_takeout_completes_the_day_in_the_name_of_a_message(tmp_path: Path) -> None:
    metadata = beside(tmp_path, "IMG-20190704-WA0001.jpg", **{"IMG-20190704-WA0001.jpg.json": takeout()})
    assert (metadata.taken_at, metadata.taken_from) == ("2019-07-04T12:30:05+00:00", "takeout")


def test_a_folder_that_changes_is_looked_at_again(tmp_path: Path) -> None:
    assert beside(tmp_path, "a.jpg") == Metadata()
    os.utime(tmp_path, (1, 1))  # as if it were long ago: a test is quicker than some clocks
    assert beside(tmp_path, "a.jpg", **{"a.xmp": SIDECAR}).taken_at == WHEN


@pytest.mark.parametrize("content", [b"", b"<", b"no XML", b"\xff" * 100, b"{}", b"<!DOCTYPE x>" + SIDECAR])
def test_broken_files_say_nothing(tmp_path: Path, content: bytes) -> None:
    assert beside(tmp_path, "a.jpg", **{"a.jpg.xmp": content, "a.jpg.json": content}) == Metadata()


def test_what_is_no_file_or_too_large_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg.xmp").mkdir()
    (tmp_path / "b.jpg.xmp").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.jpg.xmp").write_bytes(SIDECAR + b" " * (16 * 1024 * 1024))
    (tmp_path / "d.jpg.json").write_bytes(takeout() + b" " * 1024 * 1024)
    for name in "abcd":
        assert metadata_beside(tmp_path / f"{name}.jpg") == Metadata()
    assert metadata_beside(tmp_path / "no folder" / "IMG_20190704_123005.jpg").taken_from == "file-name"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg.xmp")
    assert metadata_beside(tmp_path / "a.jpg") == Metadata()


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff.jpg"), "a" * 250 + ".jpg", ".jpg", "a", "(1).jpg", "\n.jpg"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.xmp").touch()
    (tmp_path / "x.json").touch()
    assert metadata_beside(tmp_path / name) == Metadata()


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    name: Any = os.fsdecode(b"\xe9t\xe9.jpg")
    assert beside(tmp_path, name, **{f"{name}.xmp": SIDECAR}).taken_at == WHEN
