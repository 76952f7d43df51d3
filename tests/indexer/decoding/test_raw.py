"""Tests of indexer.decoding.raw, on a DNG that is written here: no camera's file may be passed on."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from indexer.decoding.decode import decode_picture, open_picture
from indexer.decoding.raw import _exif as own_exif
from indexer.errors import PictureError
from tests.indexer.decoding.saving import with_orientation

pytest.importorskip("rawpy")

WIDTH, HEIGHT = 640, 480
FORMATS = {1: "B", 2: "s", 3: "H", 4: "I", 5: "I", 10: "i"}
Tags = dict[int, tuple[int, "list[int] | bytes"]]


def directory(tags: Tags, start: int) -> bytes:
    """Write a TIFF directory that stands at `start`, with its values behind it."""
    entries, values = b"", b""
    behind = start + 2 + 12 * len(tags) + 4
    for tag, (kind, value) in sorted(tags.items()):
        packed = value if isinstance(value, bytes) else struct.pack(f"<{len(value)}{FORMATS[kind]}", *value)
        count = len(value) // (2 if kind in (5, 10) else 1)
        if len(packed) > 4:
            offset, values = behind + len(values), values + packed + b"\0" * (len(packed) % 2)
            packed = struct.pack("<I", offset)
        entries += struct.pack("<HHI", tag, kind, count) + packed.ljust(4, b"\0")
    return struct.pack("<H", len(tags)) + entries + b"\0\0\0\0" + values


def dng(
    scene: Image.Image,
    orientation: int = 1,
    preview: Image.Image | None = None,
    space: int = 1,
    exif: Image.Exif | None = None,
) -> bytes:
    """Write a DNG of a scene: linear samples behind a red, green, green, blue filter."""
    linear = ((np.asarray(scene, dtype=np.float64) / 255) ** 2.2 * 60000).astype("<u2")
    samples = linear[..., 1].copy()
    samples[0::2, 0::2], samples[1::2, 1::2] = linear[0::2, 0::2, 0], linear[1::2, 1::2, 2]
    parts = [b"II*\0\0\0\0\0", samples.tobytes()]

    def end() -> int:
        return sum(map(len, parts))

    raw: Tags = {
        0x00FE: (4, [0]),
        0x0100: (4, [scene.width]),
        0x0101: (4, [scene.height]),
        0x0102: (3, [16]),
        0x0103: (3, [1]),
        0x0106: (3, [32803]),  # a colour filter array
        0x0111: (4, [8]),
        0x0115: (3, [1]),
        0x0116: (4, [scene.height]),
        0x0117: (4, [samples.nbytes]),
        0x828D: (3, [2, 2]),
        0x828E: (1, [0, 1, 1, 2]),
        0xC61D: (4, [60000]),  # the white level
    }
    camera: Tags = {
        0x010F: (2, b"Acme\0"),
        0x0110: (2, b"Pinhole 1\0"),
        0x0112: (3, [orientation]),
        0xC612: (1, [1, 4, 0, 0]),  # the version of DNG
        0xC614: (2, b"Acme Pinhole 1\0"),
        # XYZ to linear sRGB: the camera sees what a screen shows
        0xC621: (10, [n for v in (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570) for n in (v, 10000)]),
        0xC628: (5, [1, 1] * 3),
        0xC65A: (3, [21]),  # D65
    }
    camera[0x8769] = (4, [end()])
    details: Tags = {0x9003: (2, b"2021:07:04 12:30:00\0"), 0xA001: (3, [space]), 0xA434: (2, b"50mm f/2\0")}
    parts.append(directory(details, end()))
    if preview is None:
        main = {**raw, **camera}
    else:
        jpeg = io.BytesIO()
        preview.save(jpeg, "JPEG", quality=92, **({"exif": exif} if exif else {}))
        size: Tags = {0x0100: (4, [preview.width]), 0x0101: (4, [preview.height]), 0x0102: (3, [8, 8, 8])}
        strip: Tags = {0x0111: (4, [end()]), 0x0117: (4, [len(jpeg.getvalue())]), 0x0116: (4, [preview.height])}
        parts.append(jpeg.getvalue() + b"\0" * (len(jpeg.getvalue()) % 2))
        camera[0x014A] = (4, [end()])
        parts.append(directory(raw, end()))
        kind: Tags = {0x00FE: (4, [1]), 0x0103: (3, [7]), 0x0106: (3, [6]), 0x0115: (3, [3])}
        main = {**size, **strip, **kind, **camera}
    parts[0] = b"II*\0" + struct.pack("<I", end())
    return b"".join(parts) + directory(main, end())


def scene(colour: str = "red", corner: str = "blue") -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), colour)
    image.paste(corner, (0, 0, WIDTH // 4, HEIGHT // 4))
    return image


def channel(image: Image.Image, point: tuple[int, int]) -> int:
    """Return which of red, green and blue is strongest."""
    pixel = image.getpixel(point)
    assert isinstance(pixel, tuple)
    return pixel.index(max(pixel))


# Where the upper left corner comes to lie by each orientation (TIFF 6.0, page 36)
CORNERS = [
    (1, (9, 9)),
    (2, (-9, 9)),
    (3, (-9, -9)),
    (4, (9, -9)),
    (5, (9, 9)),
    (6, (-9, 9)),
    (7, (-9, -9)),
    (8, (9, -9)),
]


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize(("orientation", "corner"), CORNERS)
def test_developed(orientation: int, corner: tuple[int, int], smallest: int | None) -> None:
    picture = decode_picture(io.BytesIO(dng(scene(), orientation)), "a.DNG", smallest)
    size = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    assert (picture.width, picture.height, picture.format, picture.image.mode) == (*size, "DNG", "RGB")
    assert min(picture.image.size) >= 64 and (picture.image.width > picture.image.height) == (orientation < 5)
    point = (corner[0] % picture.image.width, corner[1] % picture.image.height)
    assert channel(picture.image, point) == 2, "the blue corner"
    assert channel(picture.image, (picture.image.width // 2, picture.image.height // 2)) == 0


@pytest.mark.parametrize(("orientation", "corner"), CORNERS)
def test_a_large_preview_is_taken(orientation: int, corner: tuple[int, int]) -> None:
    green = scene("lime", "blue").resize((320, 240))
    picture = decode_picture(io.BytesIO(dng(scene(), orientation, green)), "a.dng", 64)
    assert (picture.width, picture.height) == ((WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH))
    assert channel(picture.image, (picture.image.width // 2, picture.image.height // 2)) == 1
    assert channel(picture.image, (corner[0] % picture.image.width, corner[1] % picture.image.height)) == 2


def upright(image: Image.Image, orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = image.copy()
    image.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(image)


# the orientation of the file, whether its preview is upright already, the orientation in the preview's own EXIF
PREVIEWS = [(file, turned, own) for file in (5, 6, 7, 8) for turned in (False, True) for own in (None, 1, file)]
PREVIEWS += [(file, False, file) for file in (1, 2, 3, 4)] + [(file, True, 1) for file in (2, 3, 4)]


@pytest.mark.parametrize(("file", "turned", "own"), PREVIEWS)
def test_a_preview_may_be_upright_already(file: int, turned: bool, own: int | None) -> None:
    """Whether it is shows in its shape; where that is the same both ways, its own EXIF counts."""
    green = scene("lime", "blue").resize((320, 240))
    preview = upright(green, file) if turned else green
    options = {} if own is None else {"exif": with_orientation(own)}
    picture = decode_picture(io.BytesIO(dng(scene(), file, preview, **options)), "a.dng", 64)
    assert (picture.width, picture.height) == ((WIDTH, HEIGHT) if file < 5 else (HEIGHT, WIDTH))
    assert (picture.image.width > picture.image.height) == (file < 5)
    corner = dict(CORNERS)[file]
    assert channel(picture.image, (corner[0] % picture.image.width, corner[1] % picture.image.height)) == 2
    assert channel(picture.image, (picture.image.width // 2, picture.image.height // 2)) == 1


def test_a_previews_colours_are_told_by_the_raw_file() -> None:
    picture = np.full((240, 320, 3), (144, 240, 58), np.uint8)  # a green that is just outside of sRGB
    file = io.BytesIO(dng(scene(), 1, Image.fromarray(picture), space=2))
    shown = decode_picture(file, "a.dng", 64).image.getpixel((99, 99))
    assert isinstance(shown, tuple) and shown[0] < 80 and shown[1] >= 238, "Adobe RGB"
    plain = decode_picture(io.BytesIO(dng(scene(), 1, Image.fromarray(picture))), "a.dng", 64).image.getpixel((99, 99))
    assert plain == pytest.approx((144, 240, 58), abs=4)


def test_a_small_preview_is_not() -> None:
    small = scene("lime").resize((160, 120))
    picture = decode_picture(io.BytesIO(dng(scene(), 1, small)), "a.dng", 64)
    assert channel(picture.image, (picture.image.width // 2, picture.image.height // 2)) == 0
    assert min(picture.image.size) >= 128


@pytest.mark.parametrize("preview", [None, scene().resize((320, 240))])
def test_metadata(preview: Image.Image | None) -> None:
    metadata = decode_picture(io.BytesIO(dng(scene(), 6, preview)), "a.dng", 64).metadata
    assert (metadata.camera_make, metadata.camera_model, metadata.lens) == ("Acme", "Pinhole 1", "50mm f/2")
    assert (metadata.taken_at, metadata.orientation) == ("2021-07-04T12:30:00", 6)


CUT = struct.pack("<HHII", 0x0111, 4, 1, 8), struct.pack("<HHII", 0x0111, 4, 1, 600_000)  # where the samples start
BROKEN = [b"just text", dng(scene())[:5000], dng(scene()).replace(*CUT), b"II*\0" * 99, b"\0" * 999]


@pytest.mark.parametrize("name", ["a.dng", "a.cr3", "a.NEF"])
@pytest.mark.parametrize("content", BROKEN)
def test_broken_files(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PictureError, match="RAW"):
        open_picture(tmp_path / name)


def test_without_rawpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rawpy", None)
    with pytest.raises(PictureError, match="needs the extra raw"):
        decode_picture(io.BytesIO(dng(scene())), "a.dng")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("damage", ["cut", "hole"])
def test_a_damaged_preview_is_not_taken_where_the_samples_are_sound(part: float, damage: str) -> None:
    noise = np.random.default_rng(0).integers(0, 60, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    preview = Image.fromarray(np.asarray(Image.new("RGB", (WIDTH, HEIGHT), (20, 180, 20))) + noise)
    content = dng(scene(), 1, preview)
    start, end = content.index(b"\xff\xd8\xff"), content.rindex(b"\xff\xd9")
    middle = start + int((end - start) * part)
    last = end + 2 if damage == "cut" else min(end, middle + 4096)
    broken = content[:middle] + bytes(last - middle) + content[last:]
    sound, developed = (decode_picture(io.BytesIO(file), "a.dng", 64) for file in (content, broken))
    assert channel(sound.image, (-9, -9)) == 1 and channel(developed.image, (-9, -9)) == 0


@pytest.mark.parametrize("mark", [b"IIRO", b"IIRS", b"IIU\0"])
def test_exif_behind_a_makers_own_mark_is_read(mark: bytes) -> None:
    exif = own_exif(io.BytesIO(mark + dng(scene(128, 96), 6)[4:]))
    assert exif[0x010F] == "Acme" and exif[0x0112] == 6


def test_exif_of_millions_of_fractions_is_left_out() -> None:
    content = bytearray(dng(scene(128, 96), 6))
    content += bytes(len(content) % 2)
    values = len(content)
    content += b"x" * 8_000_000
    start = len(content)
    content += struct.pack("<HHHII", 2, 0x9003, 2, 20, start + 30) + struct.pack("<HHII", 0xC000, 5, 1_000_000, values)
    content += bytes(4) + b"2019:07:04 12:30:05\0"
    pointer = content.index(struct.pack("<HHI", 0x8769, 4, 1)) + 8
    content[pointer : pointer + 4] = struct.pack("<I", start)
    exif = own_exif(io.BytesIO(content))
    assert exif[0x010F] == "Acme" and exif[0x0112] == 6
    assert exif.get_ifd(0x8769) == {0x9003: "2019:07:04 12:30:05"}
