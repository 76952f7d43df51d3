"""Tests of indexer.decoding.tiff_tags: each tag that changes what is seen, followed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from indexer.decoding.decode import decode_picture
from tests.indexer.decoding.saving import saved, with_orientation
from tests.indexer.decoding.tiff_files import Page, tiff

WIDTH, HEIGHT = 96, 64


def ramp(top: float = 1.0) -> NDArray[np.float64]:
    """Return grey (HEIGHT, WIDTH) from black at the left to `top` at the right, its lower half darker."""
    grey = np.repeat(np.linspace(0, top, WIDTH)[None], HEIGHT, axis=0)
    grey[HEIGHT // 2 :] *= 0.5
    return grey


def shown(file: io.BytesIO, smallest: int | None = None) -> NDArray[np.float64]:
    return np.asarray(decode_picture(file, "a.tif", smallest).image, dtype=float)


def assert_is_ramp(file: io.BytesIO, tolerance: float = 1.5) -> None:
    expected = np.repeat(ramp()[..., None] * 255, 3, axis=-1)
    assert np.abs(shown(file) - expected).max() <= tolerance
    reduced = shown(file, 8)
    assert reduced.shape[0] in (16, 21, 32) and reduced[0, -1].mean() > 220 > 40 > reduced[0, 0].mean()


def packed(values: NDArray[Any], bits: int) -> bytes:
    """Return samples of 1, 2, 4 or 12 bits, highest bit first, rows from a byte on."""
    spread = (values[..., None].astype(np.uint16) >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(spread.reshape(values.shape[0], -1).astype(np.uint8), axis=1).tobytes()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("bits", [2, 4, 8, 12, 16])
def test_which_grey_is_white(bits: int, white_is_zero: bool, order: str) -> None:
    most = (1 << bits) - 1
    grey = (1 - ramp()) if white_is_zero else ramp()
    values = (grey * most).round().astype(np.uint16 if bits > 8 else np.uint8)
    tags = {258: bits, 262: 0 if white_is_zero else 1}
    page = Page(values, tags, packed=packed(values, bits) if bits not in (8, 16) else None)
    assert_is_ramp(tiff(page, order=order), 255 / most / 2 + 1.5)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_one_bit(white_is_zero: bool, order: str) -> None:
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[:, WIDTH // 2 :] = 1
    page = Page(values, {258: 1, 262: 0 if white_is_zero else 1}, packed=packed(values, 1))
    picture = shown(tiff(page, order=order))
    assert (
        picture[5, -5].mean() == (0 if white_is_zero else 255) and picture[5, 5].mean() == 255 - picture[5, -5].mean()
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("top", [1.0, 255.0])
def test_floats(top: float, white_is_zero: bool, order: str) -> None:
    grey = (1 - ramp()) if white_is_zero else ramp()
    page = Page((grey * top).astype(np.float32), {339: 3, 262: 0 if white_is_zero else 1})
    assert_is_ramp(tiff(page, order=order))


@pytest.mark.parametrize("most", [255, 65535, 0xFFFFFFFF])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_32_bits(most: int, white_is_zero: bool) -> None:
    grey = (1 - ramp()) if white_is_zero else ramp()
    assert_is_ramp(tiff(Page((grey * most).round().astype(np.uint32), {262: 0 if white_is_zero else 1})))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("kind", "most"), [(np.int8, 127), (np.int16, 32767), (np.int32, 0x7FFFFFFF)])
def test_signed_numbers(kind: Any, most: int, order: str) -> None:
    values = (ramp() * most).round().astype(kind)
    assert_is_ramp(tiff(Page(values, {339: 2}), order=order), 2.5)
    values[:, :10] = -most  # darker than black
    assert shown(tiff(Page(values, {339: 2}), order=order))[:, :10].max() == 0


@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_grey_with_a_second_channel(extra: int, white_is_zero: bool) -> None:
    grey = ramp()
    alpha = np.full_like(grey, 1.0)
    values = (np.dstack([(1 - grey) if white_is_zero else grey, alpha]) * 255).round().astype(np.uint8)
    assert_is_ramp(tiff(Page(values, {338: extra, 262: 0 if white_is_zero else 1})))


@pytest.mark.parametrize("options", [{"compression": "tiff_lzw"}, {"compression": "tiff_adobe_deflate"}])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_white_is_zero_when_compressed(kind: Any, options: dict[str, str]) -> None:
    values = ((1 - ramp()) * np.iinfo(kind).max).round().astype(kind)
    content = saved(Image.fromarray(values), "tif", **options).getvalue()
    at = content.index(b"\x06\x01\x03\0\x01\0\0\0\x01\0")  # PhotometricInterpretation, BlackIsZero
    assert_is_ramp(io.BytesIO(content[: at + 8] + b"\0" + content[at + 9 :]))


@pytest.mark.parametrize("tags", [{280: 40, 281: 60}, {280: 0, 281: 10}, {281: 9000}])
def test_statistics_change_nothing(tags: dict[int, int]) -> None:
    assert_is_ramp(tiff(Page((ramp() * 65535).round().astype(np.uint16), tags)))


def colours(alpha: int | None = None) -> NDArray[np.uint8]:
    picture = np.zeros((HEIGHT, WIDTH, 3 if alpha is None else 4), np.uint8)
    picture[..., :3] = (200, 60, 20)
    picture[: HEIGHT // 2, : WIDTH // 2, :3] = (20, 40, 220)
    if alpha is not None:
        picture[..., 3] = alpha
    return picture


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_planes(kind: Any, planar: int, order: str) -> None:
    for extra in ({}, {338: 0}, {338: 1}, {338: 2}):
        picture = colours(255 if extra else None).astype(kind) * (257 if kind == np.uint16 else 1)
        page = Page(picture, {284: planar, **extra})
        for file in (tiff(page, order=order), tiff(Page(SMALL, {254: 1}), page, order=order)):
            seen = shown(file)
            assert seen[5, 5] == pytest.approx([20, 40, 220], abs=1)
            assert seen[-5, -5] == pytest.approx([200, 60, 20], abs=1)


@pytest.mark.parametrize(("extra", "expected"), [(0, 200), (1, 200 + 127), (2, (200 * 128 + 255 * 127) / 255)])
def test_kinds_of_transparency(extra: int, expected: float) -> None:
    picture = colours(128)
    picture[..., 0] = np.minimum(picture[..., 0], 128) if extra == 1 else picture[..., 0]
    red = shown(tiff(Page(picture, {338: extra})))[-5, -5, 0]
    assert red == pytest.approx(255 if extra == 1 else expected, abs=2)


@pytest.mark.parametrize("bits", [4, 8])
def test_palettes_have_16_bits(bits: int) -> None:
    entries = 1 << bits
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[:, WIDTH // 2 :] = entries - 1
    table = np.zeros((3, entries), int)
    table[:, 0], table[:, -1] = (0x1234, 0x8000, 0xFF00), (0xFFFF, 0x4000, 0)
    page = Page(values, {258: bits, 262: 3, 320: table.ravel().tolist()}, packed=packed(values, bits))
    picture = shown(tiff(page))
    assert picture[5, 5] == pytest.approx([0x12, 0x80, 0xFF], abs=1)
    assert picture[5, -5] == pytest.approx([0xFF, 0x40, 0], abs=1)


LAB_COLOURS = [(54.29, 80.8, 69.9), (87.8, -79.3, 81.0), (29.6, 68.3, -112.0), (50.0, 0.0, 0.0), (96.0, 0.0, 0.0)]
IN_SRGB = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (119, 119, 119), (243, 243, 243)]  # of D50, as ICC has it


@pytest.mark.parametrize(("lab", "expected"), list(zip(LAB_COLOURS, IN_SRGB, strict=True)))
@pytest.mark.parametrize("photometric", [8, 9])
def test_lab(photometric: int, lab: tuple[float, float, float], expected: tuple[int, int, int]) -> None:
    lightness, a, b = round(lab[0] * 255 / 100), round(lab[1]), round(lab[2])
    stored = (lightness, a & 255, b & 255) if photometric == 8 else (lightness, a + 128, b + 128)
    values = np.full((HEIGHT, WIDTH, 3), stored, np.uint8)
    for smallest in (None, 8):
        assert shown(tiff(Page(values, {262: photometric})), smallest)[3, 3] == pytest.approx(
            expected, abs=25
        )  # of 8 bits; sRGB ends here


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}])
def test_orientation(orientation: int, options: dict[str, str]) -> None:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    image.paste("black", (0, 0, 20, 20))
    picture = shown(saved(image, "tif", exif=with_orientation(orientation), **options))
    assert picture.shape[:2] == ((HEIGHT, WIDTH) if orientation < 5 else (WIDTH, HEIGHT))
    # where row 0 and column 0 lie (TIFF 6.0, page 36)
    top, left = orientation in (1, 2, 5, 6), orientation in (1, 4, 5, 8)
    assert picture[5 if top else -5, 5 if left else -5].max() == 0


FULL, SMALL = np.full((HEIGHT, WIDTH, 3), (200, 30, 30), np.uint8), np.full((16, 24, 3), (30, 200, 30), np.uint8)
HIDDEN = np.full((HEIGHT, WIDTH), 255, np.uint8)
MORE = np.full((HEIGHT, WIDTH, 3), (30, 30, 200), np.uint8)
PAGES: dict[str, list[Page]] = {
    "reduced first": [Page(SMALL, {254: 1}), Page(FULL)],
    "reduced first, named so": [Page(SMALL, {254: 1}), Page(FULL, {254: 0}), Page(MORE)],
    "two reduced": [Page(SMALL, {254: 1}), Page(SMALL, {254: 1}), Page(FULL)],
    "old tag": [Page(SMALL, {255: 2}), Page(FULL, {255: 1})],
    "reduced page of several": [Page(SMALL, {254: 3}), Page(FULL, {254: 2}), Page(MORE, {254: 2})],
    "mask first": [Page(HIDDEN, {254: 4, 262: 4}), Page(FULL)],
    "reduced mask first": [Page(HIDDEN, {254: 5, 262: 4}), Page(SMALL, {254: 1}), Page(FULL)],
    "full one below": [Page(SMALL, {254: 1}, below=[Page(FULL, {254: 0})])],
    "reduced and full below": [Page(SMALL, {254: 1}, below=[Page(SMALL, {254: 1}), Page(FULL, {254: 0})])],
    "full one below a later one": [Page(SMALL, {254: 1}), Page(SMALL, {254: 1}, below=[Page(FULL)])],
    "full first": [Page(FULL), Page(MORE)],
    "full first, reduced below": [Page(FULL, {254: 0}, below=[Page(SMALL, {254: 1})]), Page(SMALL, {254: 1})],
    "several pages": [Page(FULL, {254: 2}), Page(MORE, {254: 2})],
    "all reduced": [Page(FULL, {254: 1}), Page(MORE, {254: 1})],
    "full one of a sensor": [Page(FULL, {254: 1}), Page(HIDDEN, {254: 0, 262: 32803})],
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("pages", PAGES.values(), ids=PAGES)
def test_which_page_is_the_picture(pages: list[Page], order: str) -> None:
    picture = decode_picture(tiff(*pages, order=order), "a.tif")
    assert (picture.width, picture.height, picture.image.getpixel((9, 9))) == (WIDTH, HEIGHT, (200, 30, 30))


def test_pages_in_a_circle() -> None:
    file = tiff(Page(SMALL, {254: 1}), Page(SMALL, {254: 1}))
    content = bytearray(file.getvalue())
    content[-4:] = content[4:8]  # the last page leads to the first
    assert decode_picture(io.BytesIO(bytes(content)), "a.tif").width == 24


def test_camera_and_orientation_of_the_first_page_hold_for_the_full_one() -> None:
    for orientation in (6, 8):
        pages = [Page(SMALL, {254: 1, 274: orientation}, below=[Page(FULL)]), Page(MORE, {254: 1})]
        picture = decode_picture(tiff(*pages), "a.tif")
        assert (picture.width, picture.height) == (HEIGHT, WIDTH) == picture.image.size


def test_cmyk() -> None:
    for values, expected in (((0, 255, 255, 0), (255, 0, 0)), ((0, 0, 0, 255), (0, 0, 0)), ((0, 0, 0, 0), (255,) * 3)):
        file = tiff(Page(np.full((HEIGHT, WIDTH, 4), values, np.uint8), {262: 5}))
        assert shown(file)[3, 3] == pytest.approx(expected, abs=2)


def test_ycbcr() -> None:
    image = Image.new("YCbCr", (WIDTH, HEIGHT), (81, 90, 240))  # red
    samples = np.asarray(image)
    file = tiff(Page(samples, {262: 6, 530: (1, 1)}))
    assert shown(file)[3, 3] == pytest.approx(np.asarray(image.convert("RGB"))[3, 3], abs=3)


def test_a_profile_of_lab_is_no_profile_of_rgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = Image.new("LAB", (WIDTH, HEIGHT), (127, 128, 128))
    assert shown(saved(image, "tif", icc_profile=profile))[3, 3] == pytest.approx([119] * 3, abs=2)
