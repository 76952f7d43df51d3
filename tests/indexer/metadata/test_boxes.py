"""Tests of indexer.metadata.boxes, on files as their own encoders write them, with a box more."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.metadata.boxes import CANON_UUID, XMP_UUID, canon_exif, xmp_in_file
from indexer.metadata.exif import read_exif
from indexer.metadata.metadata import combined
from tests.indexer.metadata.sources import exif_of, packet

WHEN = "2019-07-04T12:30:05+02:00"
XMP = packet(exif__DateTimeOriginal=WHEN)


def box(kind: bytes, content: bytes, long: bool = False) -> bytes:
    if long:
        return (1).to_bytes(4, "big") + kind + (len(content) + 16).to_bytes(8, "big") + content
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def saved(kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "red").save(file, kind, **options)
    return file.getvalue()


def jxl(more: bytes) -> bytes:
    pytest.importorskip("pillow_jxl")
    return saved("JXL", use_container=True) + more


def jp2(more: bytes) -> bytes:
    return saved("JPEG2000") + more


def gif(more: bytes) -> bytes:
    return saved("GIF")[:-1] + b"!\xff" + more + bytes([1, *range(255, -1, -1), 0, 0x3B])


FILES = {
    "JPEG XL": ("a.jxl", lambda: jxl(box(b"xml ", XMP))),
    "JPEG XL, long box": ("a.jxl", lambda: jxl(box(b"xml ", XMP, long=True))),
    "JPEG XL, box to the end": ("a.jxl", lambda: jxl(b"\0\0\0\0xml " + XMP)),
    "JPEG 2000": ("a.jp2", lambda: jp2(box(b"uuid", b"x" * 16 + b"other") + box(b"uuid", XMP_UUID + XMP))),
    "GIF": ("a.gif", lambda: gif(b"\x0bXMP DataXMP" + XMP)),
}


@pytest.mark.parametrize("name", FILES)
def test_xmp_where_the_decoder_does_not_hand_it_over(name: str) -> None:
    file, content = FILES[name]
    metadata = decode_picture(io.BytesIO(content()), file, 8).metadata
    assert (metadata.taken_at, metadata.taken_from) == (WHEN, "xmp")


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("JXL", b""),
        ("JXL", b"\xff\x0a" + b"xml " * 10),
        ("JXL", box(b"xml ", XMP)[:40]),
        ("JXL", b"\0\0\0\x04xml "),
        ("JPEG2000", box(b"xml ", XMP)),
        ("JPEG2000", box(b"uuid", b"x" * 16 + XMP)),
        ("JPEG2000", box(b"uuid", XMP_UUID[:8])),
        ("GIF", b"GIF89a"),
        ("PNG", box(b"xml ", XMP)),
        (None, XMP),
    ],
)
def test_none(format: str | None, content: bytes) -> None:
    assert xmp_in_file(io.BytesIO(content), format) == b""


def cr3() -> bytes:
    """Return the boxes of a CR3 that hold EXIF."""

    def directory(tags: dict[int, Any]) -> bytes:
        return exif_of(tags).tobytes().removeprefix(b"Exif\0\0")

    directories = {
        b"CMT1": directory({0x010F: "Canon", 0x0110: "Canon EOS R5", 0x0132: "2021:01:01 00:00:01"}),
        b"CMT2": directory({0x9003: "2019:07:04 12:30:05", 0x9011: "+02:00", 0x9291: "25", 0xA434: "50mm"}),
        b"CMT4": directory({1: "N", 2: (48.0, 30.0, 0.0), 3: "W", 4: (2.0, 15.0, 0.0)}),
    }
    canon = box(b"uuid", CANON_UUID + b"".join(box(kind, content) for kind, content in directories.items()))
    movie = box(b"moov", box(b"uuid", b"x" * 16) + canon + box(b"trak", b""))
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + movie + box(b"mdat", b"\0" * 64)


def test_exif_of_a_cr3() -> None:
    metadata = combined(read_exif(canon_exif(io.BytesIO(cr3()))))
    assert (metadata.taken_at, metadata.taken_ms, metadata.taken_from) == (WHEN, 250, "exif-original")
    assert (metadata.camera_make, metadata.camera_model, metadata.lens) == ("Canon", "Canon EOS R5", "50mm")
    assert (metadata.latitude, metadata.longitude) == (48.5, -2.25)


def test_a_raw_file_that_is_one_has_its_exif_read() -> None:
    pytest.importorskip("rawpy")
    from indexer.decoding.raw import _exif

    assert _exif(io.BytesIO(cr3()))[0x0110] == "Canon EOS R5"


@pytest.mark.parametrize("seed", range(5))
def test_every_mutation_ends(seed: int) -> None:
    chance = random.Random(seed)
    for sound, format in ((cr3(), "CR3"), (box(b"ftyp", b"jxl ") + box(b"xml ", XMP), "JXL")):
        for _ in range(200):
            data = bytearray(sound)
            for _ in range(chance.randrange(1, 5)):
                data[chance.randrange(len(data))] = chance.choice((0, 1, 255, chance.randrange(256)))
            source = io.BytesIO(bytes(data))
            assert isinstance(xmp_in_file(source, format), bytes)
            try:
                canon_exif(source)
            except Exception as error:  # what raw.py suppresses
                assert not isinstance(error, MemoryError | RecursionError)
