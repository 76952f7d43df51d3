"""Tests of indexer.metadata.takeout."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from indexer.metadata.metadata import Reading, combined
from indexer.metadata.takeout import read_takeout, takeout_name

TAKEN = {"photoTakenTime": {"timestamp": "1562243405", "formatted": "4 Jul 2019, 12:30:05 UTC"}}


def place(latitude: Any, longitude: Any) -> dict[str, Any]:
    return {"latitude": latitude, "longitude": longitude, "altitude": 0.0, "latitudeSpan": 0.0, "longitudeSpan": 0.0}


def document(**fields: Any) -> bytes:
    return json.dumps({"title": "IMG_1.jpg", "creationTime": {"timestamp": "1600000000"}, **TAKEN, **fields}).encode()


@pytest.mark.parametrize(
    ("fields", "taken_at", "where"),
    [
        ({}, "2019-07-04T12:30:05+00:00", None),
        ({"geoData": place(48.5, 2.25)}, "2019-07-04T12:30:05+00:00", (48.5, 2.25)),
        ({"geoData": place(0.0, 0.0), "geoDataExif": place(-48.5, 2.25)}, "2019-07-04T12:30:05+00:00", (-48.5, 2.25)),
        ({"geoData": place(1.0, 2.0), "geoDataExif": place(3.0, 4.0)}, "2019-07-04T12:30:05+00:00", (1.0, 2.0)),
        ({"geoData": {"latitude": 48.5}}, "2019-07-04T12:30:05+00:00", None),
        ({"geoData": place(148.5, 2.0)}, "2019-07-04T12:30:05+00:00", None),
        ({"geoData": place(float("nan"), 2.0)}, "2019-07-04T12:30:05+00:00", None),
        ({"geoData": []}, "2019-07-04T12:30:05+00:00", None),
        ({"photoTakenTime": {"timestamp": 1562243405}}, "2019-07-04T12:30:05+00:00", None),
        ({"photoTakenTime": {"timestamp": "-631152000"}}, "1950-01-01T00:00:00+00:00", None),
        ({"photoTakenTime": {"timestamp": "0"}}, None, None),
        ({"photoTakenTime": {"timestamp": "9" * 5000}}, None, None),
        ({"photoTakenTime": {"timestamp": "soon"}}, None, None),
        ({"photoTakenTime": "2019"}, None, None),
        ({"photoTakenTime": None, "geoData": place(48.5, 2.25)}, None, (48.5, 2.25)),
    ],
)
def test_what_it_says(fields: dict[str, Any], taken_at: str | None, where: tuple[float, float] | None) -> None:
    metadata = combined([read_takeout(document(**fields))])
    assert (metadata.taken_at, metadata.taken_from) == (taken_at, "takeout" if taken_at else None)
    assert (metadata.latitude, metadata.longitude) == (where or (None, None))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"NaN"]
)
def test_what_is_none_of_takeouts(content: bytes) -> None:
    assert read_takeout(content) == Reading()


@pytest.mark.parametrize("seed", range(10))
def test_every_mutation_is_survived(seed: int) -> None:
    chance, sound = random.Random(seed), document(geoData=place(48.5, 2.25))
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert isinstance(read_takeout(bytes(data)), Reading)


LONG = "a picture with a name that is rather too long for Google.jpg"


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        ("IMG_1.jpg", "img_1.jpg.json"),
        ("IMG_1.JPG", "img_1.jpg.supplemental-metadata.json"),
        ("IMG_1.jpg", "img_1.jpg.supplemental-meta.json"),
        ("IMG_1.jpg", "img_1.jpg.supp.json"),
        ("IMG_1.jpg", "img_1.jpg.s.json"),
        ("IMG_1.jpg", "img_1.jpg..json"),
        ("IMG_1(1).jpg", "img_1.jpg(1).json"),
        ("IMG_1(12).jpg", "img_1.jpg.supplemental-metadata(12).json"),
        ("IMG_1(1).jpg", "img_1.jpg.supplemental-me(1).json"),
        ("IMG_1(1).jpg", "img_1(1).jpg.json"),
        ("IMG_1-edited.jpg", "img_1.jpg.json"),
        ("IMG_1-bearbeitet.jpg", "img_1.jpg.supplemental-metadata.json"),
        ("IMG_1-edited(1).jpg", "img_1.jpg(1).json"),
        ("IMG_1.mp4", "img_1.heic.json"),
        ("IMG_1.MOV", "img_1.heic.supplemental-metadata.json"),
        ("IMG_1(2).mp4", "img_1.jpg(2).json"),
        ("IMG_1.jpg", "img_1.json"),
        (LONG, f"{LONG[:46].lower()}.json"),
        (f"{LONG[:47]}.jpg", f"{LONG[:46].lower()}.json"),
        ("IMG_20190704_123005.NIGHT.jpg", "img_20190704_123005.night.jpg.supplemental-met.json"),
    ],
)
def test_which_file(picture: str, name: str) -> None:
    assert takeout_name(picture, {name, "other.jpg.json", "metadata.json"}) == name


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        ("IMG_1.jpg", "img_10.jpg.json"),
        ("IMG_1.jpg", "img_1.jpg(1).json"),
        ("IMG_1(1).jpg", "img_1.jpg.json"),
        ("IMG_1.jpg", "img_1.png.json"),
        ("IMG_1.jpg", "img_1.jpg.suppl-metadata.json"),
        ("IMG_1.jpg", "img_1.jpg.supplemental-metadata.json.json"),
        ("IMG_1.jpg", "metadata.json"),
        ("IMG_1.jpg", "img_1.heic.json"),
    ],
)
def test_which_file_is_another_pictures(picture: str, name: str) -> None:
    assert takeout_name(picture, {name}) is None


def test_every_truncation() -> None:
    for length in range(1, 60):
        picture = f"{'x' * length}.jpg"
        cut = f"{picture}.supplemental-metadata"[:46]
        assert takeout_name(picture, {f"{cut}.json"}) == f"{cut}.json"


@pytest.mark.parametrize("digits", [50, 5_000, 500_000])
def test_numbers_of_any_length_are_no_times(digits: int) -> None:
    number = "9" * digits
    for written in (number, f'"{number}"', f"-{number}", "1e999999", "NaN"):
        content = (
            f'{{"photoTakenTime": {{"timestamp": {written}}}, "geoData": {{"latitude": {written}, "longitude": 1}}}}'
        )
        reading = read_takeout(content.encode())
        assert reading.place is None
        assert not reading.times
