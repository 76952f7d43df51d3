"""Tests of indexer.decoding.jpeg: damage is told, and what is sound is not called damaged."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.decoding.jpeg import decode_jpeg
from indexer.errors import PictureError

END = b"\xff\xd9"


def photo(width: int = 800, height: int = 600) -> Image.Image:
    """Return a picture with noise, so that its file has no flat parts."""
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(0).integers(-20, 20, (height, width, 3))
    samples = np.dstack([columns * 255 // width, rows * 255 // height, (columns + rows) % 256]) + noise
    return Image.fromarray(samples.clip(0, 255).astype(np.uint8))


def jpeg(image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or photo()).save(file, "JPEG", **{"quality": 85, **options})
    return file.getvalue()


KINDS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_rows": 1},
    "optimised": {"optimize": True},
    "4:4:4": {"subsampling": 0},
    "grey": {"image": photo().convert("L")},
    "CMYK": {"image": photo().convert("CMYK")},
    "RGB": {"keep_rgb": True},
}


def decoded(content: bytes, smallest: int | None = None) -> Image.Image:
    return decode_picture(io.BytesIO(content), "a.jpg", smallest).image


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("smallest", [None, 224, 100, 32])
def test_as_pillow_decodes_it(kind: str, smallest: int | None) -> None:
    content = jpeg(**KINDS[kind])
    expected = Image.open(io.BytesIO(content))
    if smallest:
        expected.draft(None, (2 * smallest, 2 * smallest))
    image = decode_jpeg(content, smallest)
    if image is None:
        assert kind == "CMYK"
        return
    assert image.mode == expected.mode and min(image.size) >= min(600, 2 * (smallest or 300))
    difference = np.asarray(image, int) - np.asarray(expected.resize(image.size), int)
    assert np.abs(difference).mean() < 4


SOUND = {
    "no end marker": lambda file: file[:-2],
    "half an end marker": lambda file: file[:-1],
    "zeroes for the end marker": lambda file: file[:-2] + bytes(2),
    "zeroes behind": lambda file: file + bytes(4096),
    "padding before the end marker": lambda file: file[:-2] + bytes(2000) + END,
    "fill bytes before the end marker": lambda file: file[:-2] + b"\xff" * 9 + END,
    "two bytes before the end marker": lambda file: file[:-2] + b"ab" + END,
    "notes of a camera behind": lambda file: file + b"a camera's own notes" * 20,
    "another JPEG behind": lambda file: file + jpeg(photo(64, 48)),
    "an odd version of JFIF": lambda file: file.replace(b"JFIF\0\x01\x01", b"JFIF\0\x09\x01"),
    "zeroes in place of all behind the picture": lambda file: file[:-2] + bytes(4096),
    "a comment of zeroes": lambda file: file[:2] + b"\xff\xfe\x10\x02" + bytes(4096) + file[2:],
}


@pytest.mark.parametrize("kind", ["baseline", "progressive", "restarts", "optimised", "grey"])
@pytest.mark.parametrize("way", SOUND)
def test_sound_files_are_not_called_damaged(kind: str, way: str) -> None:
    content = jpeg(**KINDS[kind])
    clean, changed = (np.asarray(decoded(file), int) for file in (content, SOUND[way](content)))
    assert np.abs(clean - changed).max() <= 8  # the JFIF version leaves it to Pillow


def with_hole(content: bytes, start: float, length: int, filling: bytes = b"\0") -> bytes:
    first = content.find(b"\xff\xda")
    offset = first + int((len(content) - first) * start)
    return content[:offset] + (filling * length)[:length] + content[offset + length :]


@pytest.mark.parametrize("kind", ["baseline", "progressive", "restarts", "optimised", "4:4:4", "grey", "CMYK", "RGB"])
@pytest.mark.parametrize("start", [0.2, 0.5, 0.8])
def test_a_hole_is_damage(kind: str, start: float) -> None:
    content = jpeg(**KINDS[kind])
    for filling in (b"\0", b"\xff", b"hello "):
        with pytest.raises(PictureError, match=r"damaged|truncated"):
            decoded(with_hole(content, start, 8192, filling), 100)


def test_most_runs_of_noise_are_told() -> None:
    """A decoder can't tell all of it: a changed bit may mean another picture that is as good a JPEG."""
    content, randomly, told = jpeg(), random.Random(0), 0
    for _ in range(60):
        start = randomly.randrange(1000, len(content) - 600)
        try:
            decoded(content[:start] + randomly.randbytes(512) + content[start + 512 :])
        except PictureError:
            told += 1
    assert told >= 57


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.5, 0.9, 0.99])
def test_truncated(kind: str, part: float) -> None:
    content = jpeg(**KINDS[kind])
    for padding in (b"", bytes(len(content))):
        with pytest.raises(PictureError, match=r"truncated|damaged"):
            decoded(content[: int(len(content) * part)] + padding)
    with pytest.raises(PictureError, match="truncated"):
        decoded(content[: int(len(content) * part)], 64)


def arithmetic(rows: int = 64) -> bytes:
    """Return a JPEG with arithmetic coding, which FFmpeg and Pillow can't write: grey all over (ITU-T T.81, annex D).

    All differences are 0, which is the more probable symbol of fresh statistics; a short run of bytes says so.
    """
    quantisation = b"\xff\xdb\0\x43\0" + b"\x10" * 64
    frame = b"\xff\xc9\0\x0b\x08" + rows.to_bytes(2, "big") + (64).to_bytes(2, "big") + b"\1\1\x11\0"
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    return b"\xff\xd8" + quantisation + frame + scan + END


def test_arithmetic_coding_is_read() -> None:
    image = decoded(arithmetic())
    assert image.size == (64, 64) and image.mode == "RGB"


@pytest.mark.parametrize(
    ("process", "words"), [(0xC3, "JPEG"), (0xC5, "JPEG"), (0xC7, "JPEG"), (0xCB, "JPEG"), (0xCD, "JPEG")]
)
def test_kinds_that_nothing_here_reads_are_named(process: int, words: str) -> None:
    content = jpeg(photo(64, 48).convert("L"))
    with pytest.raises(PictureError, match=words):
        decoded(content.replace(b"\xff\xc0", bytes([0xFF, process])))


@pytest.mark.parametrize("kind", ["baseline", "4:4:4", "grey", "restarts", "CMYK"])
@pytest.mark.parametrize("start", [0.3, 0.6, 0.9])
def test_a_small_hole_of_zeroes_is_damage_though_they_are_codes(kind: str, start: float) -> None:
    with pytest.raises(PictureError, match="damaged"):
        decoded(with_hole(jpeg(**KINDS[kind]), start, 200), 100)


@pytest.mark.parametrize("colour", ["white", "black", "red", "#808080"])
@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"quality": 1}, {"quality": 100, "subsampling": 0}])
def test_flat_pictures_have_no_holes(colour: str, options: dict[str, Any]) -> None:
    assert decoded(jpeg(Image.new("RGB", (900, 700), colour), **options), 100).getpixel((5, 5)) is not None


def with_thumbnail(content: bytes, thumbnail: bytes) -> bytes:
    """Return a JPEG with a JPEG in its EXIF, as cameras write it."""
    payload = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + thumbnail
    return content[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + content[2:]


@pytest.mark.parametrize("kind", ["baseline", "progressive", "restarts", "grey"])
@pytest.mark.parametrize("view", ["thumbnail", "behind", "both"])
def test_no_other_view_stands_for_a_damaged_picture(kind: str, view: str) -> None:
    content, other = jpeg(**KINDS[kind]), jpeg(photo(160, 120))
    whole = with_thumbnail(content, other) if view != "behind" else content
    behind = jpeg(photo(640, 480)) if view != "thumbnail" else b""
    assert decoded(whole + behind).size == (800, 600)
    middle = len(whole) - len(content) * 2 // 5
    damaged = {
        "hole": whole[:middle] + bytes(8192) + whole[middle + 8192 :],
        "cut": whole[:middle],
        "cut, with an end": whole[:middle] + END,
        "zeroes to the end": whole[:middle] + bytes(len(whole) - middle),
        "noise": whole[:middle] + random.Random(0).randbytes(8192) + whole[middle + 8192 :],
    }
    for file in damaged.values():
        with pytest.raises(PictureError):
            decoded(file + behind, 64)


@pytest.mark.parametrize("way", ["no end marker", "zeroes behind"])
def test_cmyk_without_an_end(way: str) -> None:
    content = jpeg(**KINDS["CMYK"])
    assert np.array_equal(decoded(content), decoded(SOUND[way](content)))


@pytest.mark.parametrize(
    ("words", "marker", "precision"),
    [("lossless JPEG", 0xC3, 8), ("hierarchical JPEG", 0xC5, 8), ("12 bits", 0xC1, 12), ("JPEG-LS", 0xF7, 8)],
)
def test_what_kind_of_jpeg_it_is_reaches_people(words: str, marker: int, precision: int) -> None:
    content = jpeg(photo(64, 48).convert("L"))
    start = content.index(b"\xff\xc0")
    file = (
        content[:start]
        + bytes([0xFF, marker])
        + content[start + 2 : start + 4]
        + bytes([precision])
        + content[start + 5 :]
    )
    with pytest.raises(PictureError, match=words):
        decoded(file, 64)
