"""Tests of indexer.decoding.said: what files say besides their pixels changes what is seen, or on purpose does not."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from tests.indexer.colour.boxes import box, with_properties
from tests.indexer.colour.making import Array, jpeg, png, scene
from tests.indexer.decoding.saving import JXL, saved, with_orientation

GREY = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None], 48, axis=0)


def shown(file: io.BytesIO, name: str = "a.png") -> Array:
    return np.asarray(decode_picture(file, name).image).astype(int)


@pytest.mark.parametrize(
    "chunk",
    [
        (b"sBIT", bytes((5, 6, 5))),
        (b"bKGD", bytes((0, 255, 0, 0, 0, 255))),
        (b"pHYs", struct.pack(">IIB", 2, 1, 0)),
        (b"pHYs", struct.pack(">IIB", 2835, 5670, 1)),
        (b"hIST", bytes(512)),
        (b"tIME", bytes((7, 229, 7, 4, 12, 30, 5))),
        (b"oFFs", struct.pack(">iiB", 40, 40, 0)),
        (b"mDCV", bytes(24)),
        (b"cLLI", struct.pack(">II", 10_000_000, 4_000_000)),
        (b"sPLT", b"name\0\x08" + bytes(6)),
        (b"zzZz", b"anything"),
    ],
)
def test_png_chunks_that_change_nothing(chunk: tuple[bytes, bytes]) -> None:
    assert (shown(png(scene(), [chunk])) == scene()).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "webp", "jpg", "avif", "tif"])
def test_orientation_in_exif(suffix: str, orientation: int) -> None:
    image = Image.new("RGB", (96, 64), "white")
    image.paste("black", (0, 0, 24, 24))
    picture = shown(saved(image, suffix, exif=with_orientation(orientation)), f"a.{suffix}")
    assert picture.shape[:2] == ((64, 96) if orientation < 5 else (96, 64))
    top, left = orientation in (1, 2, 5, 6), orientation in (1, 4, 5, 8)
    assert picture[5 if top else -5, 5 if left else -5].max() <= 30


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_of_every_kind(mode: str) -> None:
    if mode == "I;16":
        file, expected = png(GREY, []), np.repeat((GREY >> 8)[..., None], 3, axis=-1)
    else:
        image = Image.fromarray(scene()).convert(mode)
        file, expected = saved(image, "png"), np.asarray(image.convert("RGB"))
    assert np.abs(shown(file) - expected).max() <= 1


def inks(suffix: str = "jpg", **options: Any) -> io.BytesIO:
    image = Image.new("CMYK", (64, 48), (0, 200, 200, 30))
    return saved(image, suffix, quality=95, **options) if suffix == "jpg" else saved(image, suffix, **options)


def test_inks_in_jpeg_are_stored_the_other_way_round() -> None:
    """As Adobe's programs write them, and as all readers take them."""
    assert b"Adobe" in inks().getvalue()[:100]
    expected = np.asarray(Image.new("CMYK", (1, 1), (0, 200, 200, 30)).convert("RGB"))[0, 0]
    for file in (inks(), inks("tif"), inks("tif", compression="tiff_lzw")):
        assert shown(file, "a.jpg")[9, 9] == pytest.approx(expected, abs=3)


def test_ycck() -> None:
    """Inks as luma and chroma: the transform in the marker Adobe says so."""
    content = inks().getvalue()
    at = content.index(b"Adobe") + 11
    assert content[at] in (0, 2)
    as_ycck = io.BytesIO(content[:at] + b"\x02" + content[at + 1 :])
    as_cmyk = io.BytesIO(content[:at] + b"\x00" + content[at + 1 :])
    inverted = 255 - np.array((0, 200, 200, 30))
    y, b, r = inverted[0], inverted[1] - 128, inverted[2] - 128
    cmy = np.clip((y + 1.402 * r, y - 0.344 * b - 0.714 * r, y + 1.772 * b), 0, 255)  # JFIF, page 3, of inks
    expected = {True: cmy, False: inverted[:3]}
    for ycck, file in ((True, as_ycck), (False, as_cmyk)):
        if ycck:  # libjpeg makes 255 - R, 255 - G, 255 - B of it
            expected[ycck] = 255 - expected[ycck]
        assert shown(file, "a.jpg")[9, 9] == pytest.approx(expected[ycck] * inverted[3] / 255, abs=6)


def with_gain_map(main: io.BytesIO, gain_map: io.BytesIO, named: bool) -> io.BytesIO:
    """Return an Ultra HDR JPEG: a gain map behind the picture, both in an MPF segment and perhaps named in XMP."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0"
    xmp += (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm='
        b'"http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" hdrgm:GainMapMax="3.0"/></rdf:RDF></x:xmpmeta>'
        if named
        else b""
    )
    first, second = main.getvalue(), gain_map.getvalue()
    sizes = [len(first) + len(xmp) + 4 + 4 + 4 + 82, len(second)]
    entries = struct.pack("<IIIHH", 0x030000, sizes[0], 0, 0, 0)
    entries += struct.pack("<IIIHH", 0, sizes[1], sizes[0] - (2 + len(xmp) + 4 + 4 + 4), 0, 0)
    index = b"II*\0\x08\0\0\0" + struct.pack("<H", 3) + struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
    index += struct.pack("<HHII", 0xB001, 4, 1, 2) + struct.pack("<HHII", 0xB002, 7, 32, 50) + bytes(4) + entries
    mpf = b"MPF\0" + index
    assert len(mpf) == 86
    segments = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in ((0xE1, xmp), (0xE2, mpf))
    )
    return io.BytesIO(first[:2] + segments + first[2:] + second)


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("brightness", [0, 128, 255])
def test_a_gain_map_is_left_out(brightness: int, named: bool, smallest: int | None) -> None:
    """What is shown is the picture for ordinary screens: it is what models were trained on."""
    file = with_gain_map(jpeg(scene()), saved(Image.new("L", (48, 36), brightness), "jpg"), named)
    assert Image.open(file).format == ("JPEG" if named else "MPO"), "Pillow sees both"
    picture = decode_picture(file, "a.jpg", smallest)
    plain = decode_picture(jpeg(scene()), "a.jpg", smallest)
    assert (picture.width, picture.height) == (192, 144)
    assert np.array_equal(np.asarray(picture.image), np.asarray(plain.image))


@pytest.mark.parametrize("brightness", [0, 128, 255])
@pytest.mark.parametrize("kind", [b"urn:com:apple:photo:2020:aux:hdrgainmap\0", b"urn:iso:std:iso:ts:21496:-1\0"])
def test_a_gain_map_in_a_heic_is_left_out(kind: bytes, brightness: int) -> None:
    import pillow_heif

    file = io.BytesIO()
    heif = pillow_heif.from_pillow(Image.fromarray(scene()))
    heif.add_from_pillow(Image.new("RGB", (96, 72), (brightness,) * 3))
    heif.save(file, quality=95)
    reference = box(b"auxl", struct.pack(">HHH", 2, 1, 1))
    file = with_properties(file, [(b"auxC", bytes(4) + kind)], item=2, more=box(b"iref", bytes(4) + reference))
    assert list(pillow_heif.open_heif(file).info["aux"]) == [kind[:-1].decode()]
    assert np.abs(shown(file, "a.heic") - scene()).mean() <= 3


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "heic", "avif", "bmp", "jp2", JXL])
def test_ordinary_pictures_stay_as_they_are(suffix: str) -> None:
    options: dict[str, Any] = {"quality": 95} if suffix in ("jpg", "webp", "heic", "avif", "jxl") else {}
    assert np.abs(shown(saved(Image.fromarray(scene()), suffix, **options), f"a.{suffix}") - scene()).mean() <= 3
