"""Tests of indexer.metadata.png_text, on PNG files with each kind of text chunk."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, PngImagePlugin

from indexer.metadata.metadata import Metadata
from indexer.metadata.stills import read_metadata
from tests.indexer.metadata.sources import exif_of, iptc, packet, resources

WHEN = "2019-07-04T12:30:05+00:00"


def read(key: str, text: str, kind: str = "tEXt", after: bool = False) -> Metadata:
    """Return what a PNG says that has this text in a chunk of this kind, before or after the pixels."""
    chunk = {"tEXt": text.encode("latin-1", "replace"), "zTXt": b"", "iTXt": b""}
    info = PngImagePlugin.PngInfo()
    if kind == "iTXt":
        info.add_itxt(key, text, zip=len(text) > 100)
    elif after:
        info.add(kind.encode(), key.encode() + b"\0" + chunk[kind], after_idat=True)
    else:
        info.add_text(key, text, zip=kind == "zTXt")
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    with Image.open(file) as image:
        image.load()
        return read_metadata(image)


def profile(kind: str, content: bytes) -> str:
    """Return a profile as ImageMagick writes it."""
    digits = content.hex()
    lines = "\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
    return f"\n{kind}\n{len(content):8}\n{lines}\n"


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("Creation Time", WHEN, WHEN),
        ("creation time", "2019:07:04 12:30:05", WHEN[:19]),
        ("Creation Time", "Thu, 04 Jul 2019 12:30:05 GMT", WHEN),
        ("Creation Time", "4 Jul 2019 12:30:05 +0000", WHEN),
        ("Creation Time", "Thu Jul  4 12:30:05 2019", WHEN[:19]),
        ("CreationTime", "2019-07-04", "2019-07-04"),
        ("Creation Time", "2019:07:04 02:30:05 PM", "2019-07-04T14:30:05"),
        ("Creation Time", "Thu 04 Jul 2019 02:30:05 PM CEST", "2019-07-04T14:30:05"),  # as GNOME writes it
        ("Creation Time", "lun. 04 juil. 2019 12:30:05 CEST", WHEN[:19]),
        ("exif:DateTimeOriginal", "2019:07:04 12:30:05", WHEN[:19]),
        ("DateTimeOriginal", "2019:07:04 12:30:05", WHEN[:19]),
        ("Creation Time", "a while ago", None),
        ("date:create", WHEN, None),  # of the file, not of the picture
        ("create-date", WHEN, None),
        ("Comment", WHEN, None),
    ],
)
def test_texts(kind: str, key: str, text: str, expected: str | None) -> None:
    metadata = read(key, text, kind)
    assert (metadata.taken_at, metadata.taken_from) == (expected, "png-text" if expected else None)


def test_a_text_after_the_pixels() -> None:
    assert read("Creation Time", WHEN, after=True).taken_at == WHEN


def _exif() -> bytes:
    exif = exif_of({0x010F: "Acme"}, {0x9003: "2019:07:04 12:30:05"})
    return b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")


XMP = packet(exif__DateTimeOriginal=WHEN)
PROFILES: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "EXIF": ("exif", _exif, WHEN[:19], "exif-original"),
    "EXIF in APP1": ("APP1", _exif, WHEN[:19], "exif-original"),
    "XMP": ("xmp", lambda: XMP, WHEN, "xmp"),
    "XMP in APP1": ("APP1", lambda: b"http://ns.adobe.com/xap/1.0/\0" + XMP, WHEN, "xmp"),
    "IPTC": ("iptc", lambda: iptc((55, b"20190704"), (60, b"123005+0000")), WHEN, "iptc"),
    "IPTC in resources": ("8bim", lambda: resources(iptc((55, b"20190704"), (60, b"123005+0000"))), WHEN, "iptc"),
}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("kind", ["tEXt", "zTXt"])
def test_profiles_of_imagemagick(name: str, kind: str) -> None:
    type, content, expected, source = PROFILES[name]
    metadata = read(f"Raw profile type {type}", profile(type, content()), kind)
    assert (metadata.taken_at, metadata.taken_from) == (expected, source)


@pytest.mark.parametrize("text", ["", "\n", "\nexif\n 4\nzz", "\niptc\n   999\n1c02", "\nxmp\n1\n3c"])
@pytest.mark.parametrize("type", ["exif", "iptc", "8bim", "xmp", "APP1"])
def test_broken_profiles_say_nothing(type: str, text: str) -> None:
    assert read(f"Raw profile type {type}", text or " ") == Metadata()
