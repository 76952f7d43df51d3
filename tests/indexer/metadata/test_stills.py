"""Tests of indexer.metadata.stills and indexer.metadata.exif: what the file of a picture says, in every format."""

from __future__ import annotations

import io
import random
import struct
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pillow_heif
import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin, TiffTags

from indexer.metadata.metadata import Metadata
from indexer.metadata.stills import read_metadata
from tests.indexer.metadata.sources import elements, exif_of, iptc, packet, resources

FULL = Metadata(
    "2021-07-04T12:30:00+02:00", "Acme", "Pinhole 1", "50mm f/2", 48.8583333, -2.2944444, 6, None, "exif-original"
)
GPS: dict[int, Any] = {1: "N", 2: (48.0, 51.0, 30.0), 3: "W", 4: (2.0, 17.0, 40.0)}


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
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "-03:30"}, "2018-01-02T03:04:05-03:30"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "Z"}, "2018-01-02T03:04:05+00:00"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "   :  "}, "2018-01-02T03:04:05"),
        ({}, {0x9003: "2018:01:02 03:04:05", 0x9011: "+99:00"}, "2018-01-02T03:04:05"),
        ({}, {0x9003: "2018:13:02 03:04:05"}, None),
        ({}, {0x9003: "    :  :     :  :  "}, None),
        ({}, {0x9003: "yesterday"}, None),
        ({}, {0x9003: "2019:07:04 02:30:05 PM", 0x9011: "+02:00"}, "2019-07-04T14:30:05+02:00"),
        ({}, {0x9003: "2019:07:  :  :  :  ", 0x9011: "+02:00", 0x9291: "12"}, "2019-07"),
        ({}, {0x9003: "2019:07:04", 0x9004: "2019:07:04 12:30:05"}, "2019-07-04T12:30:05"),  # the same, more exactly
        ({}, {0x9003: "2019:07:04", 0x9004: "2021:01:01 12:30:05"}, "2019-07-04"),
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
        ({1: "south", 3: "east"}, -48.8583333, 2.2944444),
        ({2: (48.0, 50.0, 90.0)}, 48.8583333, -2.2944444),
        # half a place is none
        ({1: None}, None, None),
        ({3: "?"}, None, None),
        ({4: None}, None, None),
        ({2: (91.0, 0.0, 0.0)}, None, None),
        ({4: (180.0, 0.0, 1.0)}, None, None),
        ({2: (48.0, 99.0, 0.0)}, None, None),
        ({2: (48.5,)}, 48.5, -2.2944444),
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None, None),
        ({2: (0.0, 0.0, 0.0)}, 0.0, -2.2944444),
        ({2: (TiffImagePlugin.IFDRational(0, 0),) * 3}, None, None),
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
    assert metadata == Metadata(FULL.taken_at, "Acme", "Pinhole 1", taken_from="exif-original")


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


TIMES = {"exif-original": (0x9003, 0x9011, 0x9291), "exif-digitized": (0x9004, 0x9012, 0x9292)}
ALL_TIMES = {**TIMES, "exif-changed": (0x0132, 0x9010, 0x9290)}


@pytest.mark.parametrize("source", ALL_TIMES)
@pytest.mark.parametrize("other", ALL_TIMES)
def test_offsets_and_fractions_belong_to_the_time_they_are_given_for(source: str, other: str) -> None:
    date, offset, fraction = ALL_TIMES[source][0], *ALL_TIMES[other][1:]
    main = {date: "2019:07:04 12:30:05"} if date == 0x0132 else {}
    photo = {date: "2019:07:04 12:30:05"} if date != 0x0132 else {}
    metadata = read(exif_of(main, {**photo, offset: "+02:00", fraction: "25"}))
    given = source == other
    assert metadata.taken_at == "2019-07-04T12:30:05" + "+02:00" * given
    assert (metadata.taken_ms, metadata.taken_from) == (250 if given else None, source)


@pytest.mark.parametrize(
    ("fraction", "ms"), [("120", 120), ("5", 500), ("07 ", 70), ("123456", 123), ("00", 0), ("  ", None), ("?", None)]
)
def test_fractions_of_a_second(fraction: str, ms: int | None) -> None:
    metadata = read(exif_of({}, {0x9003: "2021:05:05 10:00:00", 0x9291: fraction}))
    assert (metadata.taken_at, metadata.taken_ms) == ("2021-05-05T10:00:00", ms)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("other", ["exif-digitized", "exif-changed"])
def test_a_fraction_counts_for_the_very_same_second(other: str, seed: int) -> None:
    chance = random.Random(seed)
    moment = datetime(2001, 1, 1) + timedelta(seconds=chance.randrange(700_000_000))
    shift = chance.choice([-3600, -1, 1, 60])
    for seconds, fraction in ((0, "00"), (0, f"{chance.randrange(100):02}"), (shift, "31")):
        written = (moment + timedelta(seconds=seconds)).strftime("%Y:%m:%d %H:%M:%S")
        date, _, tag = ALL_TIMES[other]
        photo = {0x9003: moment.strftime("%Y:%m:%d %H:%M:%S"), tag: fraction}
        metadata = read(exif_of({date: written} if date == 0x0132 else {}, photo | ({date: written})))
        assert (metadata.taken_at, metadata.taken_from) == (moment.isoformat(), "exif-original")
        assert metadata.taken_ms == (int(fraction) * 10 if not seconds else None)


def test_its_own_fraction_comes_first_and_another_offset_is_another_second() -> None:
    day = "2019:07:04 12:30:05"
    photo = {0x9003: day, 0x9004: day, 0x9292: "25"}
    assert read(exif_of({}, photo | {0x9291: "71"})).taken_ms == 710
    assert read(exif_of({}, photo | {0x9011: "+02:00", 0x9012: "+02:00"})).taken_ms == 250
    assert read(exif_of({}, photo | {0x9011: "+02:00"})).taken_ms == 250
    assert read(exif_of({}, photo | {0x9011: "+02:00", 0x9012: "+03:00"})).taken_ms is None
    assert read(exif_of({}, photo | {0x9012: "+02:00"})).taken_ms == 250


def test_what_the_date_says_itself_comes_before_the_tags_beside_it() -> None:
    metadata = read(exif_of({}, {0x9003: "2021:05:05 10:00:00.25-03:00", 0x9011: "+02:00", 0x9291: "99"}))
    assert (metadata.taken_at, metadata.taken_ms) == ("2021-05-05T10:00:00-03:00", 250)


@pytest.mark.parametrize(
    ("date", "clock", "expected"),
    [
        ("2019:07:04", (12.0, 30.0, 5.5), "2019-07-04T12:30:05+00:00"),
        ("2019-07-04", (12.0, 30.0, 5.0), "2019-07-04T12:30:05+00:00"),
        ("2019:07:04", (99.0, 30.0, 5.0), "2019-07-04"),
        ("2019:07:04", None, "2019-07-04"),
        (None, (12.0, 30.0, 5.0), None),
        ("0000:00:00", (0.0, 0.0, 0.0), None),
    ],
)
def test_the_time_of_the_satellites(date: str | None, clock: Any, expected: str | None) -> None:
    gps = {tag: value for tag, value in ((29, date), (7, clock)) if value is not None}
    metadata = read(exif_of(gps=gps))
    assert (metadata.taken_at, metadata.taken_from) == (expected, "gps" if expected else None)


def saved(kind: str, **options: Any) -> Image.Image:
    """Return a picture of a format, read back and decoded."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, **options)
    image = Image.open(file)
    image.load()
    return image


XMP = packet(exif__DateTimeOriginal="2019-07-04T12:30:05+02:00", exif__GPSLatitude="48,51N", exif__GPSLongitude="2,21E")
IPTC = iptc((55, b"20190704"), (60, b"123005+0200"))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "HEIF", "TIFF", "PNG"])
def test_xmp_in_every_format(kind: str) -> None:
    pillow_heif.register_heif_opener()
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    options = {"TIFF": {"tiffinfo": {700: XMP}}, "PNG": {"pnginfo": text}}.get(kind, {"xmp": XMP})
    metadata = read_metadata(saved(kind, **options))
    assert (metadata.taken_at, metadata.taken_from) == ("2019-07-04T12:30:05+02:00", "xmp")
    assert (metadata.latitude, metadata.longitude) == (48.85, 2.35)


def jpeg_with_iptc() -> Image.Image:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    segment = b"Photoshop 3.0\0" + resources(IPTC)
    head = b"\xff\xd8\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment
    return Image.open(io.BytesIO(head + file.getvalue()[2:]))


def tiff_with_iptc_as_numbers() -> Image.Image:
    """Return a TIFF with IPTC as most programs write it: padded, and as 32-bit numbers."""
    padded = IPTC + b"\0" * (-len(IPTC) % 4)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "TIFF", tiffinfo={0x83BB: padded})
    before = struct.pack("<HHL", 0x83BB, TiffTags.UNDEFINED, len(padded))
    after = struct.pack("<HHL", 0x83BB, TiffTags.LONG, len(padded) // 4)
    assert before in file.getvalue()
    return Image.open(io.BytesIO(file.getvalue().replace(before, after)))


@pytest.mark.filterwarnings("ignore:Metadata Warning")  # which decoding suppresses
def test_iptc_of_a_jpeg_and_a_tiff() -> None:
    alone = saved("TIFF", tiffinfo={0x83BB: IPTC})
    in_resources = saved("TIFF", tiffinfo={0x8649: resources(IPTC)})
    for image in (jpeg_with_iptc(), alone, in_resources, tiff_with_iptc_as_numbers()):
        metadata = read_metadata(image)
        assert (metadata.taken_at, metadata.taken_from) == ("2019-07-04T12:30:05+02:00", "iptc")


def test_camera_and_lens_of_xmp_fill_what_exif_lacks() -> None:
    names = {"tiff__Make": "Acme", "tiff__Model": "Pinhole 1", "exifEX__LensModel": "50mm f/2"}
    image = saved("JPEG", exif=exif_of({0x010F: "Other"}), xmp=packet(elements(**names)))
    metadata = read_metadata(image)
    assert (metadata.camera_make, metadata.camera_model, metadata.lens) == ("Other", "Pinhole 1", "50mm f/2")


def test_other_exif_comes_first() -> None:
    image = saved("JPEG", exif=exif_of({0x0110: "Preview"}, {0x9003: "2020:01:01 00:00:01"}))
    raw = exif_of({0x0110: "Camera"}, {0x9003: "2019:07:04 12:30:05"})
    metadata = read_metadata(image, raw)
    assert (metadata.camera_model, metadata.taken_at) == ("Camera", "2019-07-04T12:30:05")


def test_texts_where_numbers_should_be() -> None:
    gps = {1: "N", 2: "48.8583333", 3: "W", 4: "2,17.666667", 29: "2019:07:04", 7: "12:30:05"}
    metadata = read_metadata(_Odd(exif_of(gps=gps)))
    assert (metadata.latitude, metadata.longitude) == (48.8583333, -2.2944444)
    assert metadata.taken_at == "2019-07-04T12:30:05+00:00"
