"""Tests of indexer.decoding.metadata."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from indexer.decoding.metadata import EXIF_IFD, Metadata, either, from_exif, read_metadata

FULL = Metadata("2021-07-04T12:30:00+02:00", "Acme", "Pinhole 1", "50mm f/2", 48.8583333, -2.2944444, 6)
GPS: dict[int, Any] = {1: "N", 2: (48.0, 51.0, 30.0), 3: "W", 4: (2.0, 17.0, 40.0)}


def exif_of(
    main: dict[int, Any] | None = None, photo: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Image.Exif:
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(0x8769).update(photo or {})
    exif.get_ifd(0x8825).update(gps or {})
    return exif


def read(exif: Image.Exif | bytes, kind: str = "JPEG") -> Metadata:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, exif=exif)
    with Image.open(file) as image:
        return read_metadata(image)


def full() -> Image.Exif:
    photo = {0x9003: "2021:07:04 12:30:00", 0x9011: "+02:00", 0xA434: "50mm f/2"}
    return exif_of({0x010F: "Acme", 0x0110: "Pinhole 1", 0x0112: 6}, photo, GPS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_field_of_every_format(kind: str) -> None:
    exif = Image.Exif()
    exif.load(full().tobytes())  # as of a picture that was opened: a TIFF gets its directories only so
    assert read(exif, kind) == FULL


def test_nothing_said() -> None:
    assert read_metadata(Image.new("RGB", (8, 8))) == Metadata()


@pytest.mark.parametrize(
    ("main", "photo", "expected"),
    [
        ({0x0132: "2020:01:02 03:04:05"}, {}, "2020-01-02T03:04:05"),
        ({0x0132: "2020:01:02 03:04:05"}, {0x9004: "2019:01:02 03:04:05"}, "2019-01-02T03:04:05"),
        ({}, {0x9004: "2019:01:02 03:04:05", 0x9003: "2018:01:02 03:04:05"}, "2018-01-02T03:04:05"),
        ({0x0132: "2020:01:02 03:04:05"}, {0x9003: "0000:00:00 00:00:00"}, "2020-01-02T03:04:05"),
        ({}, {0x9003: "2018-01-02T03:04:05.25\0"}, "2018-01-02T03:04:05"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9010: "-03:30"}, "2018-01-02T03:04:05-03:30"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "Z"}, "2018-01-02T03:04:05+00:00"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "   :  "}, "2018-01-02T03:04:05"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "+99:00"}, "2018-01-02T03:04:05"),
        ({}, {0x9003: "2018:13:02 03:04:05"}, None),
        ({}, {0x9003: "    :  :     :  :  "}, None),
        ({}, {0x9003: "yesterday"}, None),
    ],
)
def test_dates(main: dict[int, Any], photo: dict[int, Any], expected: str | None) -> None:
    assert read(exif_of(main, photo)).taken_at == expected


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        ("  Acme \0junk", "Acme"),
        ("Ac\nme\x07", "Ac me"),
        ("a" * 5000, "a" * 100),
        ("----", None),
        ("", None),
        ("Fahrrad für zwei".encode(), "Fahrrad für zwei"),
    ],
)
def test_texts(make: str | bytes, expected: str | None) -> None:
    assert read(exif_of({0x010F: make})).camera_make == expected


@pytest.mark.parametrize(
    ("change", "latitude", "longitude"),
    [
        ({1: "S", 3: "E"}, -48.8583333, 2.2944444),
        ({1: "n\0"}, 48.8583333, -2.2944444),
        ({1: None}, None, -2.2944444),
        ({3: "?"}, 48.8583333, None),
        ({2: (91.0, 0.0, 0.0)}, None, -2.2944444),
        ({4: (180.0, 0.0, 1.0)}, 48.8583333, None),
        ({2: (48.0, 99.0, 0.0)}, None, -2.2944444),
        ({2: (48.5,)}, 48.5, -2.2944444),
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None, None),
        ({2: (0.0, 0.0, 0.0)}, 0.0, -2.2944444),
        ({2: (TiffImagePlugin.IFDRational(0, 0),) * 3}, None, -2.2944444),
    ],
)
def test_places(change: dict[int, Any], latitude: float | None, longitude: float | None) -> None:
    gps = {tag: value for tag, value in {**GPS, **change}.items() if value is not None}
    metadata = read(exif_of(gps=gps))
    assert (metadata.latitude, metadata.longitude) == (latitude, longitude)


@pytest.mark.parametrize(("orientation", "expected"), [(1, 1), (8, 8), (0, None), (9, None), (65535, None)])
def test_orientations(orientation: int, expected: int | None) -> None:
    assert read(exif_of({0x0112: orientation})).orientation == expected


class _Odd(Image.Image):
    """A picture whose EXIF holds whatever a test puts there, as Pillow may return from a broken file."""

    def __init__(self, exif: object) -> None:
        super().__init__()
        self._odd = exif

    def getexif(self) -> Any:
        if isinstance(self._odd, Exception):
            raise self._odd
        return self._odd


@pytest.mark.parametrize("value", [None, b"\xff\xfe", (), (1, 2, 3), {}, 1e400, float("nan"), Fraction(1, 3), object()])
def test_no_value_raises(value: Any) -> None:
    exif = exif_of(
        dict.fromkeys((0x010F, 0x0110, 0x0112, 0x0132), value),
        dict.fromkeys((0x9003, 0x9004, 0x9010, 0x9011, 0xA434), value),
        dict.fromkeys((1, 2, 3, 4), value),
    )
    metadata = read_metadata(_Odd(exif))
    assert (metadata.taken_at, metadata.latitude, metadata.longitude) == (None, None, None)


def test_one_bad_tag_loses_only_its_field() -> None:
    exif = full()
    exif[0x0112] = (1, 2)
    exif.get_ifd(0x8769)[0xA434] = {}
    exif.get_ifd(0x8825)[2] = "?"
    metadata = read_metadata(_Odd(exif))
    assert metadata == Metadata(FULL.taken_at, "Acme", "Pinhole 1", None, None, FULL.longitude, None)


@pytest.mark.parametrize("error", [ValueError(), struct.error(), RecursionError(), SyntaxError(), UserWarning()])
def test_exif_that_can_not_be_read(error: Exception) -> None:
    assert read_metadata(_Odd(error)) == Metadata()


def test_every_cut_and_every_flipped_byte_is_survived() -> None:
    sound = full().tobytes()
    for offset in range(6, len(sound)):
        for broken in (sound[:offset], sound[:offset] + b"\xff" + sound[offset + 1 :]):
            image = Image.new("RGB", (8, 8))
            image.info["exif"] = broken
            assert isinstance(read_metadata(image), Metadata)


def test_either() -> None:
    assert either(Metadata(camera_make="a"), Metadata(camera_make="b", lens="c")) == Metadata(camera_make="a", lens="c")


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        *(("120", 120), ("5", 500), ("05", 50), ("320000", 320), ("000", 0), ("47 ", 470), ("999999", 999), ("1", 100)),
        *(("", None), ("abc", None), ("-1", None), ("1.5", None)),
    ],
)
def test_fractions_of_the_second(written: str, milliseconds: int | None) -> None:
    exif = Image.Exif()
    photo = exif.get_ifd(EXIF_IFD)
    photo[0x9003], photo[0x9291], photo[0x9290] = "2021:07:04 12:30:00", written, "777"
    assert from_exif(exif).taken_ms == milliseconds
    del photo[0x9003]
    assert from_exif(exif).taken_ms is None, "without the date it belongs to"
