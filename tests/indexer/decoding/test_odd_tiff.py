"""Tests of indexer.decoding.odd_tiff: samples that Pillow has no mode for."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.errors import PictureError

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("imagecodecs")

ROWS, COLUMNS = np.mgrid[0:48, 0:64]
COLOURS = np.dstack([COLUMNS * 4 / 255, ROWS * 5 / 255, (ROWS + COLUMNS) * 2 / 255])
GREY = COLOURS[..., 0]
CLEAR = np.full((48, 64, 1), 1.0)
RGB, ALPHA = {"photometric": "rgb"}, {"extrasamples": ["unassalpha"]}


def scaled(samples: Any, kind: str) -> Any:
    kind_of = np.dtype(kind)
    return samples.astype(kind_of) if kind_of.kind == "f" else (samples * np.iinfo(kind_of).max).astype(kind_of)


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "RGB, 16-bit float": (scaled(COLOURS, "f2"), RGB),
    "RGB, 32-bit float": (scaled(COLOURS, "f4"), RGB),
    "RGB, 64-bit float": (scaled(COLOURS, "f8"), RGB),
    "RGB, 32-bit": (scaled(COLOURS, "u4"), RGB),
    "RGB, float of 0..255": ((COLOURS * 255).astype("f4"), RGB),
    "RGBA, 32-bit float": (scaled(np.dstack([COLOURS, CLEAR]), "f4"), {**RGB, **ALPHA}),
    "grey, 16-bit float": (scaled(GREY, "f2"), {}),
    "grey, 64-bit float": (scaled(GREY, "f8"), {}),
    "grey and alpha, 16-bit": (scaled(np.dstack([GREY, CLEAR[..., 0]]), "u2"), {"photometric": "minisblack", **ALPHA}),
    "grey and alpha, float": (scaled(np.dstack([GREY, CLEAR[..., 0]]), "f4"), {"photometric": "minisblack", **ALPHA}),
    "planar, 32-bit float": (scaled(COLOURS, "f4").transpose(2, 0, 1), {**RGB, "planarconfig": "separate"}),
    "deflated floats with a predictor": (scaled(COLOURS, "f4"), {**RGB, "compression": "deflate", "predictor": 3}),
    "LZW, 16-bit float": (scaled(COLOURS, "f2"), {**RGB, "compression": "lzw"}),
    "JPEG 2000": (scaled(COLOURS, "u1"), {**RGB, "compression": "jpeg2000"}),
    "WebP": (scaled(COLOURS, "u1"), {**RGB, "compression": "webp", "compressionargs": {"level": 101}}),
    "tiles of floats": (scaled(COLOURS, "f4"), {**RGB, "tile": (16, 16)}),
    "big-endian floats": (scaled(COLOURS, "f4"), {**RGB, "byteorder": ">"}),
    "BigTIFF of floats": (scaled(COLOURS, "f4"), {**RGB, "bigtiff": True}),
}


def written(samples: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, samples, metadata=None, **options)
    return file.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_what_pillow_has_no_mode_for(case: str) -> None:
    samples, options = CASES[case]
    picture = decode_picture(io.BytesIO(written(samples, **options)), "a.tif")
    expected = np.dstack([GREY] * 3) if "grey" in case else COLOURS
    assert (picture.format, picture.image.size) == ("TIFF", (64, 48))
    assert np.abs(np.asarray(picture.image) / 255 - expected).mean() < 0.006
    assert picture.note is None


def test_measurements_are_stretched_to_what_can_be_seen() -> None:
    heights = (GREY * 3000 - 200).astype("f4")
    heights[0, 0] = np.nan
    image = decode_picture(io.BytesIO(written(heights.astype("f8"))), "a.tif").image
    assert image.getextrema()[0] == (0, 255)


def test_transparency_that_is_multiplied_in() -> None:
    half = np.dstack([COLOURS * 0.5, CLEAR * 0.5]).astype("f4")
    file = written(half, photometric="rgb", extrasamples=["assocalpha"])
    image = np.asarray(decode_picture(io.BytesIO(file), "a.tif").image) / 255
    on_white, on_black = COLOURS * 0.5 + 0.5, COLOURS * 0.5
    assert min(np.abs(image - on_white).mean(), np.abs(image - on_black).mean()) < 0.01


def test_orientation_and_profile_are_followed() -> None:
    file = written(scaled(COLOURS, "f4"), **RGB, extratags=[(274, 3, 1, 6, True), (34675, 7, 4, b"none", True)])
    picture = decode_picture(io.BytesIO(file), "a.tif")
    assert picture.image.size == (picture.width, picture.height) == (48, 64)


@pytest.mark.parametrize("kind", [1, 7])
def test_xmp_is_read(kind: int) -> None:
    packet = (
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        b"<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:CreateDate='2019-07-04T12:30:05'/>"
        b"</rdf:RDF></x:xmpmeta>"
    )
    file = written(scaled(COLOURS, "f4"), **RGB, extratags=[(700, kind, len(packet), packet, True)])
    assert decode_picture(io.BytesIO(file), "a.tif").metadata.taken_at == "2019-07-04T12:30:05"


@pytest.mark.parametrize("part", [0.5, 0.9, 0.99])
def test_truncated(part: float) -> None:
    file = written(scaled(COLOURS, "f4"), **RGB)
    with pytest.raises(PictureError):
        decode_picture(io.BytesIO(file[: int(len(file) * part)]), "a.tif")


def test_what_nothing_here_reads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    file = bytearray(written(scaled(COLOURS, "f4"), **RGB))
    with tifffile.TiffFile(io.BytesIO(file)) as opened:
        offset = opened.pages[0].tags[259].valueoffset
    file[offset : offset + 2] = (34712 + 999).to_bytes(2, "little")
    with pytest.raises(PictureError, match="TIFF of 32-bit float"):
        decode_picture(io.BytesIO(bytes(file)), "a.tif")
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(PictureError, match="a kind of TIFF that needs the extra tiff"):
        decode_picture(io.BytesIO(written(scaled(COLOURS, "f2"), **RGB)), "a.tif")


def test_ordinary_tiffs_are_pillows() -> None:
    for image in (Image.new("RGB", (8, 8), "red"), Image.new("L", (8, 8)), Image.new("CMYK", (8, 8))):
        file = io.BytesIO()
        image.save(file, "TIFF")
        assert decode_picture(file, "a.tif").image.size == (8, 8)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [None, "deflate", "lzw", "zstd"])
@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("kind", ["f4", "i2", "i4", "u2", "u4", "f2", "f8"])
def test_samples_of_either_byte_order(kind: str, predictor: bool, compression: str | None, order: str) -> None:
    for samples, options in ((GREY, {"photometric": "minisblack"}), (COLOURS, RGB)):
        options = {**options, "compression": compression, "predictor": predictor and compression is not None}
        file = written(scaled(samples, kind), **options, byteorder=order)
        image = np.asarray(decode_picture(io.BytesIO(file), "a.tif").image) / 255
        expected = COLOURS if samples is COLOURS else np.dstack([GREY] * 3)
        assert np.abs(image - expected).max() < 0.02


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [None, "deflate", "lzw"])
@pytest.mark.parametrize("kind", ["i1", "i2", "i4"])
@pytest.mark.parametrize("planes", [False, True])
def test_signed_colours(planes: bool, kind: str, compression: str | None, order: str) -> None:
    samples = scaled(COLOURS, kind)
    samples[:4] = np.iinfo(kind).min  # darker than black
    options = {**RGB, "planarconfig": "separate" if planes else "contig", "compression": compression}
    file = written(samples.transpose(2, 0, 1) if planes else samples, **options, byteorder=order)
    image = np.asarray(decode_picture(io.BytesIO(file), "a.tif").image) / 255
    assert np.abs(image - COLOURS)[4:].max() < 0.02 and image[:4].max() == 0


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [None, "deflate", "lzw"])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("extra", ["unassalpha", "assocalpha", "unspecified"])
def test_grey_and_transparency_in_planes(extra: str, kind: str, compression: str | None, order: str) -> None:
    samples = scaled(np.stack([GREY, CLEAR[..., 0]]), kind)
    options = {"photometric": "minisblack", "planarconfig": "separate", "extrasamples": [extra]}
    file = written(samples, **options, compression=compression, byteorder=order)
    image = np.asarray(decode_picture(io.BytesIO(file), "a.tif").image) / 255
    assert np.abs(image - GREY[..., None]).max() < 0.02


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression", [None, "deflate", "lzw"])
@pytest.mark.parametrize("depth", [8, 16])
def test_palettes_of_many_colours(depth: int, compression: str | None, order: str) -> None:
    table = np.random.default_rng(1).integers(0, 256, (3, 1 << depth)).astype(np.uint16)
    indices = np.random.default_rng(2).integers(0, 1 << depth, (48, 64)).astype(f"u{depth // 8}")
    options: dict[str, Any] = {"photometric": "palette", "colormap": table * 257}
    file = written(indices, **options, compression=compression, byteorder=order)
    image = np.asarray(decode_picture(io.BytesIO(file), "a.tif").image)
    assert np.array_equal(image, table.T[indices])
