"""Tests of indexer.metadata.xmp."""

from __future__ import annotations

import random

import pytest

from indexer.metadata.metadata import Reading, combined
from indexer.metadata.xmp import read_xmp
from tests.indexer.metadata.sources import RDF, elements, packet

WHEN = "2019-07-04T12:30:05+02:00"
FULL = {
    "exif__DateTimeOriginal": WHEN,
    "exif__GPSLatitude": "48,51.4N",
    "exif__GPSLongitude": "2,21.05E",
    "tiff__Make": "Acme",
    "tiff__Model": "Pinhole 1",
    "aux__Lens": "50mm f/2",
}


def read(content: bytes) -> tuple[str | None, float | None, float | None]:
    metadata = combined([read_xmp(content, "xmp")])
    return metadata.taken_at, metadata.latitude, metadata.longitude


def test_attributes_and_elements_say_the_same() -> None:
    reading = read_xmp(packet(**FULL), "sidecar")
    assert read_xmp(packet(elements(**FULL)), "sidecar") == reading
    assert reading.times[0].source == "sidecar" and reading.times[0].time.text == WHEN
    assert reading.place == (48.8566667, 2.3508333)
    assert (reading.camera_make, reading.camera_model, reading.lens) == ("Acme", "Pinhole 1", "50mm f/2")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"photoshop__DateCreated": "2019-07-04"}, "2019-07-04"),
        ({"photoshop__DateCreated": "2019-07"}, "2019-07"),
        ({"photoshop__DateCreated": "2019"}, "2019"),
        ({"xmp__CreateDate": "2019-07-04T12:30"}, "2019-07-04T12:30:00"),
        ({"exif__DateTimeDigitized": "2019-07-04T12:30:05.25Z"}, "2019-07-04T12:30:05+00:00"),
        ({"xmp__ModifyDate": WHEN, "xmp__MetadataDate": WHEN}, None),
        ({"xmp__CreateDate": "2021-01-01", "photoshop__DateCreated": WHEN}, WHEN),
        ({"photoshop__DateCreated": "2021-01-01T00:00:00", "exif__DateTimeOriginal": WHEN}, WHEN),
        ({"photoshop__DateCreated": "2019-07", "xmp__CreateDate": WHEN}, WHEN),  # the same, more exactly
        ({"photoshop__DateCreated": "soon", "xmp__CreateDate": WHEN}, WHEN),
        ({"dc__date": WHEN}, WHEN),
        ({"dc__date": "2021-01-01", "xmp__CreateDate": WHEN}, WHEN),
        ({"exif__GPSTimeStamp": "2019-07-04T10:30:05Z"}, "2019-07-04T10:30:05+00:00"),
    ],
)
@pytest.mark.parametrize("as_elements", [False, True])
def test_dates(values: dict[str, str], expected: str | None, as_elements: bool) -> None:
    content = packet(elements(**values)) if as_elements else packet(**values)
    assert read(content)[0] == expected


@pytest.mark.parametrize(
    "body",
    [
        f"<exif:DateTimeOriginal><rdf:Seq><rdf:li>{WHEN}</rdf:li></rdf:Seq></exif:DateTimeOriginal>",
        f"<exif:DateTimeOriginal><rdf:Alt><rdf:li xml:lang='de'>{WHEN}</rdf:li></rdf:Alt></exif:DateTimeOriginal>",
        f"<exif:DateTimeOriginal rdf:parseType='Resource'><rdf:value>{WHEN}</rdf:value></exif:DateTimeOriginal>",
        f"<exif:DateTimeOriginal>\n  {WHEN}\n</exif:DateTimeOriginal>",
        f"<exif:DateTimeOriginal><![CDATA[{WHEN}]]></exif:DateTimeOriginal>",
        f"<exif:DateTimeOriginal>&#x32;{WHEN[1:]}</exif:DateTimeOriginal>",
    ],
)
def test_forms_of_an_element(body: str) -> None:
    assert read(packet(body))[0] == WHEN


def test_what_belongs_to_something_else_does_not_count() -> None:
    inner = f'<rdf:Description exif:DateTimeOriginal="{WHEN}" exif:GPSLatitude="1,1N" exif:GPSLongitude="1,1E"/>'
    body = f"<xmpMM:Ingredients><rdf:Bag><rdf:li>{inner}</rdf:li></rdf:Bag></xmpMM:Ingredients>"
    body += f"<xmpMM:DerivedFrom>{inner}</xmpMM:DerivedFrom>"
    assert read(packet(body)) == (None, None, None)


@pytest.mark.parametrize(
    "values",
    [
        {"exif__GPSLatitude": "48,51.4N"},
        {"exif__GPSLatitude": "48,51.4N", "exif__GPSLongitude": "east"},
        {"exif__GPSLatitude": "0,0N", "exif__GPSLongitude": "0,0E"},
        {"exif__GPSLatitude": "98,51.4N", "exif__GPSLongitude": "2,21E"},
        {"exif__GPSLatitude": "48,51.4E", "exif__GPSLongitude": "2,21E"},
    ],
)
def test_half_a_place_is_none(values: dict[str, str]) -> None:
    assert read(packet(**values)) == (None, None, None)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("48,51,24N", "2,21,3E"),
        ("48.8566667N", "2.3508333E"),
        ("48.8566667", "2.3508333"),
        ("+48.8566667", "+2.3508333"),
    ],
)
def test_spellings_of_places(latitude: str, longitude: str) -> None:
    _, north, east = read(packet(exif__GPSLatitude=latitude, exif__GPSLongitude=longitude))
    assert (north, east) == (pytest.approx(48.8566667, abs=1e-4), pytest.approx(2.3508333, abs=1e-4))


def test_encodings_padding_and_several_descriptions() -> None:
    content = packet(**FULL)
    expected = read(content)
    assert read(b"\0 \n" + content + b"\n" * 2000 + b"\0") == expected
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert read(content.decode().replace("\ufeff", "").encode(encoding)) == expected
    first, rest = f'<rdf:RDF xmlns:rdf="{RDF}">', b'<rdf:Description rdf:about=""/>'
    assert read(content.replace(first.encode(), first.encode() + rest)) == expected


def test_entities_are_refused_and_what_comes_before_an_error_counts() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declaration in (bomb, outside, b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'):
        assert read_xmp(declaration + packet(**FULL)[60:], "xmp") == Reading()
    content = packet(**FULL)
    assert read(content[: content.index(b"</rdf:Desc")] + b"&nonsense;")[0] == WHEN
    assert read(content + b"<junk")[0] == WHEN


def test_deep_and_large_ones() -> None:
    assert read(b"<a>" * 100_000) == (None, None, None)
    assert read(packet("<tiff:Artist>" + "x" * 5_000_000 + "</tiff:Artist>", **FULL))[0] == WHEN


@pytest.mark.parametrize("seed", range(10))
def test_every_mutation_is_survived(seed: int) -> None:
    chance, sound = random.Random(seed), packet(elements(**FULL))
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data)) if chance.random() < 0.3 else len(data) :]
        assert isinstance(read_xmp(bytes(data), "xmp"), Reading)
