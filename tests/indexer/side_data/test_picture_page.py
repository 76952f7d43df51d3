"""Tests of indexer.side_data.picture_page: the page that is the picture is shown, whatever else a file holds."""

from __future__ import annotations

import contextlib
import io
import itertools
import random
from typing import Any

import numpy as np
import pytest

from indexer.decoding.decode import decode_picture
from indexer.decoding.sequence import sequence_length
from indexer.errors import PictureError
from indexer.side_data.picture_page import picture_page
from tests.indexer.decoding.tiff_files import Page, tiff
from tests.indexer.side_data.test_tiff import with_tag

tifffile = pytest.importorskip("tifffile")
WIDTH, HEIGHT = 96, 64
FUZZED = list(itertools.product((False, True), (False, True), "<>"))
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
FULL = np.dstack([COLUMNS * 2.6, ROWS * 3.9, 255 - COLUMNS * 2.6]).round().astype(np.uint8)
SMALL = np.full((16, 24, 3), 40, np.uint8)
ODD: dict[str, tuple[Any, ...]] = {  # number, type, count, value
    "XMP as text": (700, 2, 10, "<x:xmp/>  "),
    "XMP of short numbers": (700, 3, 6, (1, 2, 3, 4, 5, 6)),
    "XMP of long numbers": (700, 4, 3, (1, 2, 3)),
    "XMP of floats": (700, 11, 3, (0.5, 1.5, 2.5)),
    "XMP of doubles": (700, 12, 2, (0.5, 1.5)),
    "IPTC of floats": (33723, 11, 3, (0.5, 1.5, 2.5)),
    "a profile of short numbers": (34675, 3, 3, (1, 2, 3)),
    "a date of short numbers": (306, 3, 3, (1, 2, 3)),
    "a make of doubles": (271, 12, 2, (0.5, 1.5)),
    "a resolution of text": (282, 2, 3, "72"),
    "a fill order of text": (266, 2, 6, "hello"),
    "an orientation of text": (274, 2, 2, "6"),
    "an orientation of none": (274, 3, 1, 99),
    "the least sample as a double": (340, 12, 1, 0.5),
    "the largest of two": (281, 3, 2, (1, 2)),
    "EXIF that is text": (34665, 2, 6, "hello"),
    "EXIF nowhere": (34665, 4, 1, 0x7F000000),
    "a private tag": (65000, 12, 3, (0.5, 1.5, 2.5)),
}
F, U2, U4 = FULL / 255, FULL.astype("u2") * 257, (FULL / 255 * 0xFFFFFFFF).astype("u4")
OPAQUE = np.full((HEIGHT, WIDTH, 1), 0xFFFF, np.uint16)
FORMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "16-bit float": (F.astype("f2"), {}),
    "32-bit float": (F.astype("f4"), {}),
    "64-bit float": (F.astype("f8"), {}),
    "float of 0..65535": ((F * 65535).astype("f4"), {}),
    "32 bits": (U4, {}),
    "16 bits": (U2, {}),
    "16 bits with transparency": (np.dstack([U2, OPAQUE]), {"extrasamples": ["unassalpha"]}),
    "planes of 16 bits": (np.moveaxis(U2, -1, 0), {"planarconfig": "separate"}),
    "planes of floats": (np.moveaxis(F.astype("f4"), -1, 0), {"planarconfig": "separate"}),
    "JPEG 2000": (FULL, {"compression": "jpeg2000"}),
    "WebP": (FULL, {"compression": "webp", "compressionargs": {"level": 101}}),
    "LZW": (FULL, {"compression": "lzw"}),
    "Zstandard": (FULL, {"compression": "zstd"}),
    "tiles": (FULL, {"tile": (16, 16)}),
    "tiles of deflated floats": (F.astype("f4"), {"tile": (16, 16), "compression": "deflate", "predictor": 3}),
}


def two(first: Any, second: Any, below: bool = False, **options: Any) -> io.BytesIO:
    """Return a TIFF of a small copy and a full page, with tifffile's options of writing for each."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file, **options) as writer:
        writer.write(SMALL, photometric="rgb", subfiletype=1, metadata=None, subifds=1 if below else None, **first)
        writer.write(second.pop("samples", FULL), photometric="rgb", metadata=None, **second)
    return file


def assert_is_full(file: io.BytesIO) -> None:
    picture = decode_picture(file, "a.tif")
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert np.abs(np.asarray(picture.image, dtype=float) - FULL).max() <= 3


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("case", ODD)
def test_an_odd_tag_on_either_page(case: str, bigtiff: bool, order: str, below: bool) -> None:
    odd: dict[str, Any] = {"extratags": [(*ODD[case], True)]}
    for first, second in ((odd, {}), ({}, dict(odd)), (odd, dict(odd))):
        if "orientation" in case and first:  # which then is that of the full page too
            continue
        assert_is_full(two(first, second, below, bigtiff=bigtiff, byteorder=order))


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("case", FORMS)
def test_a_full_page_in_any_form(case: str, below: bool) -> None:
    pytest.importorskip("imagecodecs")
    samples, options = FORMS[case]
    for bigtiff in (False, True):
        assert_is_full(two({}, {"samples": samples, **options}, below, bigtiff=bigtiff))


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("kind", [4, 13, 16, 18])
def test_types_of_offsets_below(kind: int, order: Any) -> None:
    file = two({}, {}, True, bigtiff=True, byteorder="<" if order == "little" else ">").getvalue()
    at = file.index((330).to_bytes(2, order) + (18).to_bytes(2, order))
    value = file[at + 12 : at + 20]
    if kind in (4, 13):
        value = int.from_bytes(value, order).to_bytes(4, order) + bytes(4)
    assert_is_full(
        io.BytesIO(file[: at + 2] + kind.to_bytes(2, order) + file[at + 4 : at + 12] + value + file[at + 20 :])
    )


@pytest.mark.parametrize("form", ["16-bit float", "LZW", "planes of 16 bits", "JPEG 2000"])
@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bigtiff", [False, True])
def test_what_only_the_small_copy_says_of_the_camera(bigtiff: bool, order: str, below: bool, form: str) -> None:
    pytest.importorskip("imagecodecs")
    samples, options = FORMS[form]
    said = [(274, 3, 1, 6, True), (271, 2, 6, "Acme", True), (272, 2, 3, "X1", True)]
    said.append((306, 2, 20, "2019:07:04 12:30:05", True))
    file = two({"extratags": said}, {"samples": samples, **options}, below, bigtiff=bigtiff, byteorder=order)
    picture = decode_picture(file, "a.tif")
    assert picture.image.size == (picture.width, picture.height) == (HEIGHT, WIDTH)
    assert np.abs(np.asarray(picture.image, dtype=float) - np.rot90(FULL, -1)).max() <= 3
    assert picture.metadata.taken_at == "2019-07-04T12:30:05" and "Acme" in str(picture.metadata)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("samples", [FULL, (FULL / 255).astype("f4")])
def test_a_bigtiff_of_one_page_says_the_same(order: str, samples: Any) -> None:
    file = io.BytesIO()
    said = [(274, 3, 1, 8, True), (271, 2, 6, "Acme", True), (306, 2, 20, "2019:07:04 12:30:05", True)]
    options: dict[str, Any] = {"photometric": "rgb", "metadata": None, "extratags": said}
    tifffile.imwrite(file, samples, bigtiff=True, byteorder=order, **options)
    picture = decode_picture(file, "a.tif")
    assert picture.image.size == (HEIGHT, WIDTH) and picture.metadata.taken_at == "2019-07-04T12:30:05"
    assert "Acme" in str(picture.metadata)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_a_full_page_that_is_cut_off_is_not_replaced(part: float) -> None:
    file = tiff(Page(SMALL, {254: 1}), Page(FULL)).getvalue()
    pages = tiff(Page(FULL), Page(SMALL, {254: 1})).getvalue()
    for content in (file, pages):
        start = content.index(FULL[0].tobytes())
        cut = start + int(FULL.nbytes * part)
        damaged = content[:cut]
        with pytest.raises(PictureError):
            decode_picture(io.BytesIO(damaged), "a.tif")


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("rows", [0, HEIGHT, 9999, 65535])
def test_rows_per_strip(rows: int, order: str) -> None:
    assert_is_full(tiff(Page(FULL, {278: rows}), order=order))
    assert_is_full(tiff(Page(SMALL, {254: 1}), Page(FULL, {278: rows}), order=order))


@pytest.mark.parametrize("number", [280, 281, 340, 341])
@pytest.mark.parametrize(
    ("kind", "count"), [(3, 1), (3, 2), (3, 50), (12, 1), (12, 3), (2, 6), (99, 1), (3, 0), (11, 4)]
)
def test_statistics_cost_nothing(number: int, kind: int, count: int) -> None:
    for value in (8, 2**31 - 1):
        picture = decode_picture(io.BytesIO(with_tag(number, kind, count, value)), "a.tif")
        assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize("compression", ["deflate", "lzw", "zstd", "packbits"])
@pytest.mark.parametrize(
    "tag", [(340, 12, 1, 0.5), (341, 12, 2, (0.5, 1.5)), (280, 3, 2, (0, 9)), (281, 2, 6, "hello")]
)
def test_statistics_cost_nothing_when_compressed(compression: str, tag: tuple[Any, ...]) -> None:
    pytest.importorskip("imagecodecs")
    file = io.BytesIO()
    options: dict[str, Any] = {"photometric": "rgb", "metadata": None, "extratags": [(*tag, True)]}
    tifffile.imwrite(file, FULL, compression=compression, **options)
    assert_is_full(file)


@pytest.mark.parametrize(("kind", "count"), [(3, 50), (4, 9), (2, 40), (1, 99), (16, 1), (12, 7)])
def test_an_orientation_beyond_the_file(kind: int, count: int) -> None:
    picture = decode_picture(io.BytesIO(with_tag(274, kind, count, 2**31 - 1)), "a.tif")
    assert (picture.width, picture.height) == (64, 48)


def test_sequences_keep_all_pages(tmp_path: Any) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(Page(SMALL, {254: 1}), Page(FULL), Page(FULL)).getvalue())
    assert sequence_length(path) == 2


def test_an_ordinary_file_comes_back_as_it_is() -> None:
    for file in (tiff(Page(FULL)), tiff(Page(FULL), Page(SMALL, {254: 1})), io.BytesIO(b"no TIFF"), io.BytesIO()):
        assert picture_page(file) is file


def test_nothing_but_a_refusal_is_raised_of_broken_files(fuzz_seed: int) -> None:
    choose = random.Random(f"picture page {fuzz_seed}")
    files = [two({}, {}, below, bigtiff=big, byteorder=order).getvalue() for below, big, order in FUZZED]
    for _ in range(1500):
        content = bytearray(choose.choice(files))
        starts = [choose.randrange(min(len(content), 300)), choose.randrange(len(content)), len(content) - 100]
        for start in starts[: choose.randrange(1, 4)]:
            content[start : start + 4] = choose.choice((bytes(4), b"\xff" * 4, choose.randbytes(4)))
        with contextlib.suppress(PictureError):
            file = picture_page(io.BytesIO(bytes(content[: choose.choice((None, choose.randrange(len(content))))])))
            assert file.seek(0, 2) >= 0
