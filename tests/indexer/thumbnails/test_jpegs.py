"""Tests of indexer.thumbnails.jpegs: upright, sharp, small enough, and nothing but pixels."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, JpegImagePlugin

from indexer.errors import PictureError, UnreachablePicture
from indexer.files.content import digest_of
from indexer.files.found import found_file
from indexer.thumbnails import jpegs
from indexer.thumbnails.jpegs import Jpeg, JpegPicture, Shown, jpeg_within
from tests.conftest import SAMPLES, MakePicture, cut
from tests.indexer.decoding.saving import distance, with_orientation

MOST = 700_000
CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "white": (1, 1)}


def corners(width: int, height: int) -> Image.Image:
    """Return a picture whose four quarters have a colour each."""
    image = Image.new("RGB", (width, height))
    for colour, (column, row) in CORNERS.items():
        left, top = column * width // 2, row * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def noise(width: int, height: int) -> Image.Image:
    samples = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(samples)


def opened(jpeg: Jpeg) -> JpegImagePlugin.JpegImageFile:
    """Return a JPEG, which is as it says."""
    image = Image.open(io.BytesIO(jpeg.content))
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    assert image.size == (jpeg.width, jpeg.height)
    image.load()
    return image


def shown(path: Path, side: int = 1024, **options: Any) -> Shown:
    return JpegPicture(path, side, MOST, **options).do()


def test_nothing_but_upright_pixels_is_in_it(photos: Path) -> None:
    exif = with_orientation(6)
    exif[0x010F] = "Acme"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    corners(400, 200).save(
        photos / "a.jpg", exif=exif, comment=b"by Ann", icc_profile=profile, xmp=b"<x:xmpmeta/>", dpi=(300, 300)
    )
    made = shown(photos / "a.jpg")
    image = opened(made.jpeg)
    assert (made.width, made.height) == image.size == (200, 400)
    assert {segment for segment, _ in image.applist} == {"APP0"} and not image.getexif()
    assert not {"comment", "icc_profile", "xmp", "exif", "dpi"} & image.info.keys()
    assert distance(image, (190, 10), (255, 0, 0)) <= 9 and distance(image, (10, 10), (0, 0, 255)) <= 9


@pytest.mark.parametrize("name", ["pizza.heic", "apple-green.tif", "bookcase.avif", "sailboat.webp", "umbrella.png"])
def test_all_formats_are_jpeg_then(name: str) -> None:
    made = shown(SAMPLES / name, 256)
    assert max(opened(made.jpeg).size) == 256 and min(made.width, made.height) > 256


def test_a_raw_file_is_shown(photos: Path) -> None:
    pytest.importorskip("rawpy")
    from tests.indexer.decoding.test_raw import dng

    (photos / "a.dng").write_bytes(dng(corners(640, 480), preview=corners(640, 480)))
    made = shown(photos / "a.dng", 300)
    assert opened(made.jpeg).size == (300, 225) and (made.width, made.height) == (640, 480)


def test_a_video_shows_the_moment_and_its_parts(photos: Path) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, RED, scene, write

    path = write(photos / "two.mp4", scene(RED, 4) + scene(BLUE, 4))
    for at, colour in ((0.0, RED), (4.0, BLUE)):
        made = shown(path, at=at)
        assert (made.width, made.height) == opened(made.jpeg).size == (160, 96)
        part = opened(shown(path, at=at, crop=(0.5, 0.0, 1.0, 0.25)).jpeg)
        assert part.size == (80, 24) and distance(part, (40, 12), colour) <= 16


def test_transparency_lies_on_white(photos: Path) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 20, 40))
    image.save(photos / "a.png")
    made = opened(shown(photos / "a.png").jpeg)
    assert distance(made, (4, 20), (255, 0, 0)) <= 9 and distance(made, (36, 20), (255, 255, 255)) <= 9


def test_noise_of_12_megapixels_fits(photos: Path) -> None:
    noise(4000, 3000).save(photos / "noise.jpg", quality=90)
    made = shown(photos / "noise.jpg", 1568)
    assert len(made.jpeg.content) <= MOST and max(opened(made.jpeg).size) > 1000


def test_the_quality_goes_down_before_the_size() -> None:
    image = noise(300, 200)
    sizes = [len(jpeg_within(image, most).content) for most in (10**6, 45_000, 20_000, 3_000)]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 4
    assert jpeg_within(image, 45_000)[1:] == (300, 200) and len(jpeg_within(image, 45_000).content) <= 45_000
    small = jpeg_within(image, 3_000)
    assert len(small.content) <= 3_000 and small.width / small.height == pytest.approx(1.5, abs=0.1)
    assert max(jpeg_within(image, 1)[1:]) <= 16, "it comes to an end"


@pytest.mark.parametrize(
    ("crop", "colour", "size"),
    [
        ((0.0, 0.0, 0.25, 0.25), "red", (100, 50)),
        ((0.75, 0.25, 1.0, 0.5), "lime", (100, 50)),
        ((0.0, 0.5, 0.5, 1.0), "blue", (200, 100)),
        ((0.9999, 0.9999, 1.0, 1.0), "white", (1, 1)),
        ((0.6, 0.6, 0.6000001, 0.6000001), "white", (1, 1)),
    ],
)
def test_a_part_is_that_of_the_upright_picture(
    photos: Path, crop: tuple[float, ...], colour: str, size: tuple[int, int]
) -> None:
    turned = corners(400, 200).transpose(Image.Transpose.ROTATE_90)
    turned.save(photos / "a.png", exif=with_orientation(6))
    made = shown(photos / "a.png", crop=crop)
    image = opened(made.jpeg)
    assert (image.size, (made.width, made.height)) == (size, (400, 200))
    wanted = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    assert isinstance(wanted, tuple)
    assert distance(image, (size[0] // 2, size[1] // 2), (int(wanted[0]), int(wanted[1]), int(wanted[2]))) <= 9


def test_a_part_has_all_the_sharpness_that_the_file_has(photos: Path) -> None:
    """Lines of one pixel are still lines, not grey."""
    samples = np.zeros((2400, 3200, 3), np.uint8)
    samples[:, ::2] = 255
    Image.fromarray(samples).save(photos / "lines.jpg", quality=95, subsampling=0)
    whole = np.asarray(opened(shown(photos / "lines.jpg", 400).jpeg).convert("L"), dtype=float)
    part = opened(shown(photos / "lines.jpg", 400, crop=(0.5, 0.5, 0.6, 0.6)).jpeg)
    assert part.size == (320, 240)
    assert np.asarray(part.convert("L"), dtype=float).std() > 100 > 10 > whole.std()


def test_all_of_a_thin_picture_is_shown(photos: Path) -> None:
    image = Image.new("RGB", (4000, 40), "red")
    image.paste("blue", (0, 0, 100, 40))
    image.save(photos / "thin.png")
    made = opened(shown(photos / "thin.png", 1000).jpeg)
    assert made.size == (1000, 10) and distance(made, (5, 5), (0, 0, 255)) <= 20


def test_where_memory_does_not_suffice_a_part_is_less_sharp(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise(800, 600).save(photos / "a.jpg")
    asked: list[int] = []
    decode = jpegs._decode

    def small(source: Any, name: str, at: float | None, smallest: int) -> Any:
        asked.append(smallest)
        if smallest > 100:
            raise PictureError("too large for the memory of this machine") from MemoryError()
        return decode(source, name, at, smallest)

    monkeypatch.setattr(jpegs, "_decode", small)
    assert max(opened(shown(photos / "a.jpg", 200, crop=(0.0, 0.0, 0.5, 0.5)).jpeg).size) <= 200
    assert asked == [200, 100]
    with pytest.raises(PictureError, match="memory"):
        shown(photos / "a.jpg", 300)
    assert asked == [200, 100, 150]


def test_it_is_told_whether_the_file_is_as_the_library_knows_it(picture: MakePicture) -> None:
    path, other = picture("a.png", "red"), picture("b.png", "blue")
    known = {"known": found_file("a.png", path.stat()), "digest": digest_of([path.read_bytes()])}
    assert shown(path, **known).as_known
    os.utime(path, (1, 1))
    assert shown(path, **known).as_known, "it was only touched"
    path.write_bytes(other.read_bytes())
    made = shown(path, **known)
    assert not made.as_known and distance(opened(made.jpeg), (8, 6), (0, 0, 255)) <= 9
    assert not shown(path).as_known


def test_what_can_t_be_shown_is_told(photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture at all " * 9)
    with pytest.raises(PictureError, match="not a picture"):
        shown(photos / "text.jpg")
    with pytest.raises(UnreachablePicture, match="no such file"):
        shown(photos / "gone.jpg")
    (photos / "cut.jpg").write_bytes((SAMPLES / "car-red.jpg").read_bytes())
    with pytest.raises(PictureError, match="truncated"):
        shown(cut(photos / "cut.jpg"))
