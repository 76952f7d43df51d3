"""Picture files of all formats, made in memory."""

from __future__ import annotations

import io
import struct
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from PIL import Image

SMALLEST = 256  # pixels, a usual model's input
JXL = pytest.param("jxl", marks=pytest.mark.skipif(not find_spec("pillow_jxl"), reason="jxl"))
FORMATS = ["jpg", "png", "webp", "gif", "tif", "bmp", "ppm", "jp2", "j2k", "heic", "avif", JXL]


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


def distance(image: Image.Image, point: tuple[int, int], colour: tuple[int, int, int]) -> int:
    return int(np.abs(np.asarray(image, dtype=int)[point[1], point[0]] - colour).max())


def profile_of(primaries: list[tuple[float, float, float]], gamma: float = 2.2, curve: bytes | None = None) -> bytes:
    """Write an ICC profile (version 2) of an RGB space: its primaries in XYZ of D50, and a gamma or another curve."""

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    name = b"test\0"
    curve = curve or b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
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
