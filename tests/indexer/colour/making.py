"""Pictures in other colour spaces than sRGB, and the files that tell of them, made by formulas of their own."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.decoding.decode import decode_picture

Array = NDArray[Any]

# From linear sRGB to others, as published: ITU-R BT.2087-0 (BT.2020); Apple's Display P3; Adobe RGB (1998), 4.3.6
TO_BT2020 = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
TO_P3 = ((0.8225, 0.1774, 0.0), (0.0332, 0.9669, 0.0), (0.0171, 0.0724, 0.9108))
TO_ADOBE = ((0.7152, 0.2848, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0412, 0.9588))
SAME = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
ADOBE_GAMMA = 2.19921875


def scene(width: int = 192, height: int = 144) -> Array:
    """Return an sRGB picture (height, width, 3) of soft colours, dark to bright, with a few saturated patches."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    soft = np.stack([0.15 + 0.8 * x, 0.1 + 0.8 * y, 0.9 - 0.7 * x * y], axis=-1)
    for number, colour in enumerate(((0.9, 0.1, 0.1), (0.1, 0.8, 0.2), (0.1, 0.2, 0.9), (0.95, 0.95, 0.95))):
        soft[10:40, 10 + 45 * number : 40 + 45 * number] = colour
    return (soft * 255).round().astype(np.uint8)


def light_of(picture: Array) -> Array:
    """Return linear sRGB, 0..1."""
    value = picture / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def with_matrix(light: Array, matrix: Any) -> Array:
    return np.clip(light @ np.array(matrix).T, 0, 1)


def pq(luminance: Array) -> Array:
    """Return values 0..1 of cd/m2 (SMPTE ST 2084, equation 5.2)."""
    power = (luminance / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(luminance: Array) -> Array:
    """Return values 0..1 of cd/m2, BT.2020, on a display of 1,000 (BT.2100 table 5, inverted)."""
    display = luminance / 1000
    y = np.maximum(display @ np.array((0.2627, 0.6780, 0.0593)), 1e-9)[..., None]
    scene_light = display * y ** ((1 - 1.2) / 1.2)
    upper = 0.17883277 * np.log(np.maximum(12 * scene_light - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene_light <= 1 / 12, np.sqrt(3 * scene_light), upper)


def bt709(light: Array) -> Array:
    return np.where(light < 0.018, 4.5 * light, 1.099 * np.maximum(light, 1e-9) ** 0.45 - 0.099)


def srgb(light: Array) -> Array:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def in_bits(values: Array, bits: int = 16) -> Array:
    """Return values 0..1 as whole numbers."""
    return (np.clip(values, 0, 1) * ((1 << bits) - 1)).round().astype(np.uint8 if bits <= 8 else np.uint16)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(samples: Array, chunks: list[tuple[bytes, bytes]]) -> io.BytesIO:
    """Write a PNG of grey, grey and alpha, RGB or RGBA, in 8 or 16 bits, with chunks before its pixels."""
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bits = 8 * samples.dtype.itemsize
    head = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, (0, 4, 2, 6)[channels - 1], 0, 0, 0)
    rows = samples.astype(">u2" if bits == 16 else np.uint8)
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 1)
    middle = b"".join(chunk(*parts) for parts in chunks)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def gamma_chunk(exponent: float) -> tuple[bytes, bytes]:
    """Return gAMA of samples whose light is value ** exponent."""
    return b"gAMA", struct.pack(">I", round(100_000 / exponent))


def chromaticity_chunk(*numbers: float) -> tuple[bytes, bytes]:
    """Return cHRM: white, red, green, blue."""
    return b"cHRM", struct.pack(">8I", *(round(100_000 * number) for number in numbers))


def heic(samples: Array, primary: int, curve: int) -> io.BytesIO:
    """Write a HEIC in 10 bits, or in 8, with nclx."""
    import pillow_heif

    mode = "RGB;16" if samples.dtype == np.uint16 else "RGB"
    file = pillow_heif.from_bytes(mode, (samples.shape[1], samples.shape[0]), samples.tobytes())
    written = io.BytesIO()
    told: dict[str, Any] = {"color_primaries": primary, "transfer_characteristics": curve, "full_range_flag": 1}
    file.save(written, quality=95, chroma=444, matrix_coefficients=9 if primary == 9 else 6, **told)
    return written


def avif(samples: Array, primary: int, curve: int) -> io.BytesIO:
    """Write an AVIF in 8 bits, with nclx."""
    written = io.BytesIO()
    Image.fromarray(samples).save(written, "AVIF", quality=95, subsampling="4:4:4", speed=9)
    start = written.getvalue().index(b"colrnclx") + 8
    written.seek(start)
    written.write(struct.pack(">HH", primary, curve))
    return written


def jpeg(picture: Array, exif: Image.Exif | None = None, **options: Any) -> io.BytesIO:
    """Write a JPEG with EXIF."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=95, subsampling=0, exif=exif or Image.Exif(), **options)
    return written


def error(file: io.BytesIO, suffix: str, reference: Array, smallest: int | None = None) -> float:
    """Return by how much a file is not like a picture: the mean difference of 255."""
    shown = np.asarray(decode_picture(file, f"a.{suffix}", smallest).image, dtype=float)
    if smallest is not None and shown.shape != reference.shape:
        reference = np.asarray(Image.fromarray(reference).reduce(reference.shape[0] // shown.shape[0]))
    assert shown.shape == reference.shape
    return float(np.abs(shown - reference).mean())
