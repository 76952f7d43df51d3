"""Tests of indexer.side_data.tiff: what is wrong with a tag costs that tag."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.errors import PictureError
from indexer.side_data.directories import directories, holds_sensor_samples, is_whole
from indexer.side_data.tiff import with_sound_tags
from tests.bounded import run_bounded
from tests.indexer.decoding.test_raw import dng
from tests.indexer.decoding.test_raw import scene as raw_scene
from tests.indexer.side_data.writing import saved, tiff

PLAIN = saved("TIFF")
BEYOND, MANY = 2**31 - 1, 2**30


def with_tag(number: int, kind: int, count: int, value: int | bytes) -> bytes:
    """Return a TIFF with one more entry in its directory, which is written anew at the end."""
    entry = struct.pack("<HHI", number, kind, count)
    entry += value if isinstance(value, bytes) else struct.pack("<I", value)
    page = next(directories(PLAIN))
    entries = sorted([*(tag.entry for tag in page), entry], key=lambda tag: struct.unpack("<H", tag[:2]))
    start = len(PLAIN)
    return (
        PLAIN[:4]
        + struct.pack("<I", start)
        + PLAIN[8:]
        + struct.pack("<H", len(entries))
        + b"".join(entries)
        + bytes(4)
    )


ODD = {
    "description beyond the end": (270, 2, 40, BEYOND),
    "description of a thousand million letters": (270, 2, MANY, 8),
    "XMP as text": (700, 2, 30, 8),
    "XMP of floats": (700, 11, 8, 8),
    "IPTC as long numbers beyond the end": (33723, 4, 99, BEYOND),
    "profile beyond the end": (34675, 7, 3000, BEYOND),
    "profile as text": (34675, 2, 30, 8),
    "EXIF that leads nowhere": (34665, 4, 1, BEYOND),
    "EXIF in a circle": (34665, 4, 1, 8),
    "EXIF as text": (34665, 2, 4, b"text"),
    "GPS that leads nowhere": (34853, 4, 1, BEYOND),
    "a type that is none": (305, 99, 1, 0),
    "no type": (305, 0, 1, 0),
    "no values": (306, 2, 0, 0),
    "date of floats": (306, 12, 1, 8),
    "resolution of no parts": (282, 5, 1, BEYOND),
    "resolution by zero": (282, 5, 1, 2),
    "Photoshop's resources beyond the end": (34377, 7, 5000, BEYOND),
    "a private tag of many values": (65000, 5, MANY, 8),
    "signed bytes of a copyright": (33432, 6, 4, b"\xff\xfe\xfd\xfc"),
    "artist of 64 bits": (315, 16, 1, 8),
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_tag_is_left_out(case: str) -> None:
    picture, clean = (decode_picture(io.BytesIO(file), "a.tif") for file in (with_tag(*ODD[case]), PLAIN))
    assert np.array_equal(picture.image, clean.image)
    assert picture.format == "TIFF"


def test_sound_tags_stay() -> None:
    content = tiff().content
    page = next(directories(content))
    entry = next(tag for tag in page if tag.number == 305).entry
    broken = content.replace(entry, entry[:8] + struct.pack("<I", BEYOND), 1)
    assert decode_picture(io.BytesIO(broken), "a.tif").metadata.taken_at == "2019-07-04T12:30:05"


def test_strips_that_are_not_there_are_damage() -> None:
    entry = next(found for found in next(directories(PLAIN)) if found.number == 273).entry
    broken = PLAIN.replace(entry, entry[:8] + struct.pack("<I", BEYOND), 1)
    assert not is_whole(broken, next(directories(broken)))
    with pytest.raises(PictureError):
        decode_picture(io.BytesIO(broken), "a.tif")


def test_a_circle_of_pages_ends() -> None:
    start = int.from_bytes(PLAIN[4:8], "little")
    after = start + 2 + 12 * int.from_bytes(PLAIN[start : start + 2], "little")
    content = PLAIN[:after] + struct.pack("<I", start) + PLAIN[after + 4 :]
    assert len(list(directories(content))) == 1


def test_which_tiffs_are_raw() -> None:
    assert holds_sensor_samples(dng(raw_scene())) and holds_sensor_samples(dng(raw_scene(), 1, raw_scene()))
    assert not holds_sensor_samples(PLAIN) and not holds_sensor_samples(PLAIN[:200])


def exif(tags: list[tuple[int, int, int, int]], values: bytes) -> bytes:
    """Return EXIF with these tags: number, type, count, and the offset among the values."""
    start = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", number, kind, count, start + at) for number, kind, count, at in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + values


MAKE = (0x010F, 2, 6, 0)


# Read two thousand times, they took 8 GB; as objects, half a kilobyte for each eight bytes.
@pytest.mark.parametrize(
    "content",
    [
        exif([MAKE, *((number, 7, 4_000_000, 0) for number in range(1000, 3000))], b"Acme1\0" + bytes(4_000_000)),
        exif([MAKE, *((number, 7, 100, 0) for number in range(300, 60_000))], b"Acme1\0" + bytes(100)),
        exif([MAKE, (0x1234, 5, 1_000_000, 6)], b"Acme1\0" + b"x" * 8_000_000),
        exif([MAKE, (0x1234, 3, 4_000_000, 6)], b"Acme1\0" + b"x" * 8_000_000),
        exif(
            [MAKE, *((number, 5, 1000, 6 + 8000 * (number - 1000)) for number in range(1000, 1900))],
            b"Acme1\0" + b"x" * 7_200_000,
        ),
    ],
    ids=["shared", "many", "fractions", "numbers", "many fractions"],
)
def test_exif_that_would_become_gigabytes_is_made_light(content: bytes) -> None:
    light = with_sound_tags(content)
    assert len(light) <= 2 * len(content)
    known = Image.Exif()
    known.load(light)
    assert known[0x010F] == "Acme1"
    assert sum(len(value) for value in dict(known).values() if isinstance(value, tuple)) <= 2**16
    assert with_sound_tags(light) == light, "it is light now"


def test_large_values_that_stay_bytes_are_kept() -> None:
    content = exif([MAKE, (0x927C, 7, 3_000_000, 6)], b"Acme1\0" + bytes(3_000_000))
    assert with_sound_tags(content) == content


def test_a_tiff_with_millions_of_fractions_is_decoded_in_little_memory() -> None:
    """It took two gigabytes, and ten seconds."""
    said = run_bounded(
        """
import io, struct
from PIL import Image
from indexer.decoding.decode import decode_picture
exif = Image.Exif()
exif[0x0112], exif[0x010F], exif[0x8769] = 6, "Acme", {0x9003: "2019:07:04 12:30:05"}
file = io.BytesIO()
Image.new("RGB", (64, 48), "red").save(file, "TIFF", exif=exif.tobytes())
decode_picture(file, "a.tif", 16)
limit_memory(512)
content = bytearray(file.getvalue())
content += bytes(len(content) % 2)
values = len(content)
content += b"x" * 32_000_000
start = len(content)
content += struct.pack("<HHHII", 2, 0x9003, 2, 20, start + 30) + struct.pack("<HHII", 0xC000, 5, 4_000_000, values)
content += bytes(4) + b"2019:07:04 12:30:05\\0"
pointer = content.index(struct.pack("<HHI", 0x8769, 4, 1)) + 8
content[pointer : pointer + 4] = struct.pack("<I", start)
picture = decode_picture(io.BytesIO(content), "a.tif", 16)
print(picture.width, picture.height, picture.metadata.taken_at, picture.metadata.camera_make)
"""
    )
    assert said.split() == ["48", "64", "2019-07-04T12:30:05", "Acme"]
