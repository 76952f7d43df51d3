"""Tests of indexer.decoding.decode, colour, loading and jpeg_xl."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from indexer.decoding import jpeg_xl
from indexer.decoding.colour import to_rgb
from indexer.decoding.decode import LARGEST_RATIO, decode_picture, open_picture
from indexer.errors import PictureError, UnreachablePicture
from tests.conftest import SAMPLES

SMALLEST = 256  # pixels, a usual model's input
JXL = pytest.param("jxl", marks=pytest.mark.skipif(not find_spec("pillow_jxl"), reason="jxl"))
FORMATS = ["jpg", "png", "webp", "gif", "tif", "bmp", "ppm", "jp2", "j2k", "heic", "avif", JXL]
WITH_ORIENTATION = ["jpg", "png", "webp", "tif", "avif"]  # libheif turns HEIC itself


def saved(image: Image.Image, suffix: str, **options: Any) -> io.BytesIO:
    """Return a picture as a file in the format of a suffix."""
    if suffix == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    if suffix == "jxl":
        import pillow_jxl  # noqa: F401
    file = io.BytesIO()
    image.save(file, Image.registered_extensions()[f".{suffix}"], **options)
    return file


def with_orientation(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def distance(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> int:
    return int(np.abs(np.asarray(image, dtype=int)[place[1], place[0]] - colour).max())


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize("suffix", FORMATS)
def test_formats(suffix: str, smallest: int | None) -> None:
    image = Image.new("RGB", (320, 240), "white")
    image.paste("red", (0, 0, 160, 120))
    picture = decode_picture(saved(image, suffix), f"a.{suffix}", smallest)
    assert (picture.width, picture.height, picture.image.mode) == (320, 240, "RGB")
    assert picture.image.size == ((320, 240) if smallest is None else picture.image.size)
    assert 64 <= min(picture.image.size) < 128 or smallest is None
    assert distance(picture.image, (picture.image.width // 4, picture.image.height // 4), (255, 0, 0)) <= 9
    assert distance(picture.image, (picture.image.width - 5, 5), (255, 255, 255)) <= 9


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize(("orientation", "corner"), [(3, (1, 1)), (6, (1, 0)), (8, (0, 1)), (5, (0, 0))])
@pytest.mark.parametrize("suffix", WITH_ORIENTATION)
def test_every_format_is_turned_upright(
    suffix: str, orientation: int, corner: tuple[int, int], smallest: int | None
) -> None:
    image = Image.new("RGB", (320, 240), "white")
    image.paste("black", (0, 0, 60, 60))
    picture = decode_picture(saved(image, suffix, exif=with_orientation(orientation)), f"a.{suffix}", smallest)
    assert (picture.width, picture.height) == ((320, 240) if orientation == 3 else (240, 320))
    assert (picture.image.width > picture.image.height) == (orientation == 3)
    place = [9 + side * (length - 18) for side, length in zip(corner, picture.image.size, strict=True)]
    assert distance(picture.image, (place[0], place[1]), (0, 0, 0)) <= 30


def test_jpeg_xl_turns_itself(tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    image = Image.new("RGB", (40, 30), "red")
    assert decode_picture(saved(image, "jxl", exif=with_orientation(6).tobytes()), "a.jxl").width == 40
    image.save(tmp_path / "a.jpg", exif=with_orientation(6))
    with Image.open(tmp_path / "a.jpg") as original:  # repacked without loss, to be turned as the JPEG was
        repacked = saved(original, "jxl", lossless_jpeg=True)
    assert decode_picture(repacked, "a.jxl").width == 30


def test_heic(tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "blue")).save(tmp_path / "a.heic")
    picture = open_picture(tmp_path / "a.heic")
    assert (picture.width, picture.height, picture.format) == (64, 48, "HEIF")


@pytest.mark.parametrize(("orientation", "corner"), [(3, (39, 29)), (6, (29, 0)), (8, (0, 39))])
def test_orientation_is_applied(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    image = Image.new("RGB", (40, 30), "white")
    image.paste("black", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    picture = open_picture(tmp_path / "a.png")
    assert (picture.width, picture.height) == ((40, 30) if orientation == 3 else (30, 40))
    assert picture.image.getpixel(corner) == (0, 0, 0)


def test_broken_exif_does_not_fail_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0\x2a\0\0\xff\xff\xff\xff")
    assert open_picture(tmp_path / "a.jpg").width == 9


def test_transparency_is_put_on_white() -> None:
    assert to_rgb(Image.new("RGBA", (2, 2), (255, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)
    assert to_rgb(Image.new("LA", (2, 2), (0, 0))).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (2, 2), 0)
    palette.info["transparency"] = 0
    assert to_rgb(palette).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("image", "grey"),
    [
        (Image.fromarray(np.full((2, 2), 32896, np.uint16)), 128),
        (Image.fromarray(np.full((2, 2), 32896, np.int32)), 128),
        (Image.fromarray(np.full((2, 2), 200, np.int32)), 200),
        (Image.fromarray(np.full((2, 2), 0.5, np.float32)), 127),
    ],
)
def test_deep_samples_are_scaled(image: Image.Image, grey: int) -> None:
    assert to_rgb(image).getpixel((0, 0)) == (grey, grey, grey)


def test_cmyk_and_bilevel() -> None:
    assert to_rgb(Image.new("CMYK", (2, 2), (0, 255, 255, 0))).mode == "RGB"
    assert to_rgb(Image.new("1", (2, 2), 1)).getpixel((0, 0)) == (255, 255, 255)


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just text", "not a picture"),
        (_jpeg()[: len(_jpeg()) // 4], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "."),
    ],
)
def test_broken_files_say_why(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        open_picture(tmp_path / "a.jpg")


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize("suffix", FORMATS)
def test_cut_off_files(suffix: str, smallest: int | None) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), suffix).getvalue()
    with pytest.raises(PictureError):
        decode_picture(io.BytesIO(whole[: len(whole) // 3]), f"a.{suffix}", smallest)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        open_picture(tmp_path / "a.jpg")


def test_folders_and_pipes_are_no_pictures(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="not a file"):
        open_picture(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="a folder"):
        open_picture(tmp_path)


def test_bomb_is_refused_and_pillows_guard_stays_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Image.MAX_IMAGE_PIXELS is not None
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.new("1", (20, 20)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureError, match="bomb"):
        open_picture(tmp_path / "bomb.png")
    assert Image.MAX_IMAGE_PIXELS == 100


def test_a_real_bomb_of_a_thousand_million_pixels() -> None:
    chunk = struct.pack(">IIBBBBB", 32000, 32000, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + chunk))
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + chunk + crc + b"\0\1\0\0IDAT" + b"\0" * 99
    with pytest.raises(PictureError, match="bomb"):
        decode_picture(io.BytesIO(bomb), "a.png", SMALLEST)


@pytest.mark.parametrize(
    ("suffix", "size", "smallest", "options", "opens"),
    [
        ("png", (150, 100), 8, {}, True),  # where Pillow warns, which is no error here
        ("png", (300, 100), 8, {}, False),
        ("jpg", (300, 100), 8, {}, True),  # as phones of 200 million pixels make
        ("jpg", (300, 100), None, {}, False),
        ("jpg", (300, 100), 8, {"progressive": True}, False),
        ("jpg", (500, 100), 8, {}, False),
        pytest.param("jxl", (150, 100), 8, {}, True, marks=JXL.marks),
        pytest.param("jxl", (300, 100), 8, {}, False, marks=JXL.marks),
    ],
)
def test_where_the_guard_stands(
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    size: tuple[int, int],
    smallest: int | None,
    options: dict[str, Any],
    opens: bool,
) -> None:
    file = saved(Image.new("RGB", size, "red"), suffix, **options)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    if opens:
        assert decode_picture(file, f"a.{suffix}", smallest).width == size[0]
    else:
        with pytest.raises(PictureError, match="bomb"):
            decode_picture(file, f"a.{suffix}", smallest)


@pytest.mark.parametrize("size", [(8, 8), (256, 128), (1000, 1), (3000, 2000), (641, 480), (1200, 1000)])
@pytest.mark.parametrize("boxed", [False, True])
def test_jpeg_xl_tells_its_size(size: tuple[int, int], boxed: bool) -> None:
    pytest.importorskip("pillow_jxl")
    options = {"use_container": True, "exif": with_orientation(1).tobytes()} if boxed else {}
    file = saved(Image.new("L", size), "jxl", effort=1, **options).getvalue()
    assert jpeg_xl.is_jpeg_xl(file) and file.startswith(jpeg_xl.BOXED if boxed else jpeg_xl.BARE)
    assert jpeg_xl.size_of(file) == size
    assert all(jpeg_xl.size_of(file[:cut]) in (None, size) for cut in range(60))


def test_what_the_system_refuses_may_be_sound(tmp_path: Path) -> None:
    with pytest.raises(UnreachablePicture):
        open_picture(tmp_path / "a.jpg")


def test_a_file_on_disk_stays_open_and_the_same(tmp_path: Path) -> None:
    Image.new("RGB", (600, 600), "red").save(tmp_path / "a.jpg")
    before = (tmp_path / "a.jpg").read_bytes()
    with (tmp_path / "a.jpg").open("rb") as file:
        decode_picture(file, "a.jpg", 64)
        assert not file.closed and decode_picture(file, "a.jpg").width == 600
    assert (tmp_path / "a.jpg").read_bytes() == before


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    for suffix in ("gif", "webp", "png", "avif"):
        file = saved(frames[0], suffix, save_all=True, append_images=frames[1:])
        assert distance(decode_picture(file, f"a.{suffix}", 64).image, (9, 9), (255, 0, 0)) <= 9


def test_only_the_middle_of_a_thin_picture() -> None:
    picture = decode_picture(saved(Image.new("RGB", (9000, 20), "red"), "png"), "a.png", SMALLEST)
    assert (picture.width, picture.height, picture.image.size) == (9000, 20, (20 * LARGEST_RATIO, 20))


def test_transparent_colours_do_not_show_after_reducing() -> None:
    image = Image.new("RGBA", (640, 640), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (1, 1, 320, 640))
    picture = decode_picture(saved(image, "png"), "a.png", 64).image
    assert distance(picture, (picture.width - 3, 9), (255, 255, 255)) <= 1
    assert int(np.asarray(picture)[..., 0].astype(int).max() - np.asarray(picture)[..., 1].max()) == 0, "nothing is red"


def test_metadata_comes_along() -> None:
    for suffix in ("jpg", "png", "webp", "avif", "tif"):
        exif = with_orientation(6)
        exif[0x010F] = "Acme"
        picture = decode_picture(saved(Image.new("RGB", (64, 48)), suffix, exif=exif), f"a.{suffix}", 8)
        assert (picture.metadata.camera_make, picture.width) == ("Acme", 48)


def test_importing_is_fast() -> None:
    code = "import sys, indexer.decoding.decode; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "rawpy", "pillow_jxl", "pillow_heif", "av", "timm"} & set(loaded)


# --- colour profiles ---


def profile_of(primaries: list[tuple[float, float, float]], gamma: float = 2.2) -> bytes:
    """Write an ICC profile (version 2) of an RGB space: its primaries in XYZ of D50, and a gamma."""

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    name = b"test\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    contents = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + b"\0" * 81,
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        **dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, primaries), strict=True)),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, start = struct.pack(">I", len(contents)), b"", 128 + 4 + 12 * len(contents)
    for tag, content in contents.items():
        content += b"\0" * (-len(content) % 4)
        table += struct.pack(">4sII", tag, start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s12x4s", start + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


DISPLAY_P3 = profile_of([(0.5151, 0.2412, -0.0011), (0.292, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)])
SRGB = profile_of([(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)])
# sRGB red, green and a middle colour, as Display P3 has them
IN_P3 = {(234, 51, 35): (255, 0, 0), (117, 251, 76): (0, 255, 0), (150, 150, 150): (150, 150, 150)}


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "heic", "avif"])
@pytest.mark.parametrize("colour", IN_P3)
def test_wide_colours_become_srgb(suffix: str, colour: tuple[int, int, int]) -> None:
    file = saved(Image.new("RGB", (640, 640), colour), suffix, icc_profile=DISPLAY_P3)
    for smallest in (None, 64):
        image = decode_picture(file, f"a.{suffix}", smallest).image
        assert distance(image, (9, 9), IN_P3[colour]) <= 24  # a plain gamma is not quite sRGB's curve; 8 bits clip
    plain = decode_picture(saved(Image.new("RGB", (640, 640), colour), suffix), f"a.{suffix}", 64).image
    assert distance(plain, (9, 9), colour) <= 4


def test_with_transparency_or_a_palette() -> None:
    colour, expected = (234, 51, 35), (255, 0, 0)
    clear = Image.new("RGBA", (300, 300), (*colour, 255))
    assert (
        distance(decode_picture(saved(clear, "png", icc_profile=DISPLAY_P3), "a.png", 64).image, (9, 9), expected) <= 24
    )
    palette = Image.new("RGB", (300, 300), colour).quantize(4)
    picture = decode_picture(saved(palette, "png", icc_profile=DISPLAY_P3), "a.png", 64).image
    assert distance(picture, (9, 9), expected) <= 24


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "1", "I;16"])
@pytest.mark.parametrize(
    "profile",
    [
        b"broken",
        DISPLAY_P3[:200],
        DISPLAY_P3[:128] + b"\xff" * 300,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
)
def test_a_broken_or_unfitting_profile_fails_no_picture(mode: str, profile: bytes) -> None:
    image = Image.new(mode, (300, 300))
    plain = to_rgb(image)
    assert to_rgb(image, profile).tobytes() == plain.tobytes()
    file = saved(image, "tif", icc_profile=profile)
    assert decode_picture(file, "a.tif", 64).image.getpixel((9, 9)) == plain.getpixel((9, 9))


def test_srgb_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    to_rgb(Image.new("RGB", (1, 1)), built_in)
    monkeypatch.setattr(ImageCms, "applyTransform", lambda *_: pytest.fail("converted"))
    to_rgb(Image.new("RGB", (1, 1)), built_in)


# --- a reduced picture is the same to the model as a whole one ---


@pytest.fixture(scope="session")
def cosine() -> Callable[[Image.Image, Image.Image], float]:
    """Compare two pictures with the real built-in model."""
    from indexer.models.loading import load_encoder

    encoder = load_encoder("builtin", "cpu")

    def compare(one: Image.Image, other: Image.Image) -> float:
        rows = encoder.encode_images(np.stack([encoder.preprocess(image) for image in (one, other)]))
        return float(rows[0] @ rows[1])

    return compare


@cache
def large(name: str, size: tuple[int, int]) -> Image.Image:
    """Return a sample picture, upright, enlarged and with a sensor's noise."""
    image = open_picture(SAMPLES / name).image
    image = image.resize(size if image.width >= image.height else size[::-1], Image.Resampling.LANCZOS)
    grain = np.random.default_rng(0).integers(-8, 9, (image.height, image.width, 1), dtype=np.int8)
    return Image.fromarray(np.clip(np.asarray(image, dtype=np.int16) + grain, 0, 255).astype(np.uint8))


def sixteen_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)


def half_clear(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


Change = Callable[[Image.Image], Image.Image]
P3: dict[str, Any] = {"icc_profile": DISPLAY_P3}
PHOTO, SCAN, SMALL = (4000, 3000), (2400, 1800), (1599, 1201)


@pytest.mark.parametrize(
    ("name", "suffix", "size", "change", "options"),
    [
        ("car-red.jpg", "jpg", PHOTO, None, {"quality": 92}),
        ("car-red.jpg", "jpg", PHOTO, None, {"quality": 80, "exif": with_orientation(6), **P3}),
        ("car-taxi.jpg", "jpg", SCAN, None, {"progressive": True}),
        ("car-taxi.jpg", "jpg", SCAN, lambda image: image.convert("CMYK"), {}),
        ("park-bench.jpg", "jpg", SMALL, lambda image: image.convert("L"), {}),
        ("guitar.jpg", "mpo", SMALL, None, {"save_all": True, "append_images": [Image.new("RGB", (600, 800))]}),
        ("car-taxi.jpg", "png", SCAN, None, {"compress_level": 1, **P3}),
        ("mug-blue.png", "png", SMALL, half_clear, {"compress_level": 1}),
        ("wall-clock.gif", "png", SMALL, lambda image: image.quantize(64), {"compress_level": 1}),
        ("dumbbell.jpg", "png", SMALL, sixteen_bits, {"compress_level": 1}),
        ("wall-clock.gif", "gif", SMALL, None, {}),
        ("apple-green.tif", "tif", SMALL, None, {"exif": with_orientation(8)}),
        ("oranges.jpg", "tif", SMALL, lambda image: image.convert("CMYK"), {"compression": "tiff_lzw"}),
        ("hourglass.jpg", "bmp", SMALL, None, {}),
        ("sofa.jpg", "ppm", SMALL, None, {}),
        ("keyboard.jpg", "pbm", (2800, 2100), lambda image: image.convert("1"), {}),
        ("teapot.webp", "webp", SMALL, None, {"method": 0, **P3}),
        ("strawberries.jpg", "jp2", (1600, 1200), None, {"quality_mode": "rates", "quality_layers": [12]}),
        ("padlock.jpg", "jp2", SMALL, None, {"quality_mode": "rates", "quality_layers": [12]}),
        ("pizza.heic", "heic", (1280, 1040), None, {"exif": with_orientation(3), **P3}),
        ("candles.avif", "avif", SMALL, None, {"speed": 10}),
        pytest.param("soccer-ball.jpg", "jxl", SMALL, None, {"effort": 1}, marks=JXL.marks),
    ],
)
def test_reduced_is_the_same_to_the_model(
    cosine: Callable[[Image.Image, Image.Image], float],
    name: str,
    suffix: str,
    size: tuple[int, int],
    change: Change | None,
    options: dict[str, Any],
) -> None:
    image = large(name, size)
    file = saved(change(image) if change else image, suffix, **options)
    whole, reduced = (decode_picture(file, f"a.{suffix}", smallest) for smallest in (None, SMALLEST))
    assert (whole.width, whole.height) == (reduced.width, reduced.height) == whole.image.size
    assert 2 * SMALLEST <= min(reduced.image.size) < min(whole.image.size) * 0.6
    assert cosine(whole.image, reduced.image) >= 0.998
