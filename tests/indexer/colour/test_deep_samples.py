"""Tests of indexer.colour.deep_samples."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from indexer.colour.deep_samples import clear_colour, deep_samples, reduced
from indexer.decoding.decode import decode_picture
from tests.indexer.colour.making import heic, png
from tests.indexer.decoding.saving import saved

RANDOM = np.random.default_rng(0).integers(0, 65536, (48, 64, 4), dtype=np.uint16)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_all_16_bits_of_a_png(channels: int) -> None:
    samples = RANDOM[..., 0] if channels == 1 else RANDOM[..., :channels]
    file = png(samples, [])
    assert np.array_equal(deep_samples(file, Image.open(file)), samples)


def test_interlaced() -> None:
    samples = RANDOM[..., :3]
    passes = b""
    for top, left, down, right in ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)):
        rows = samples[top::down, left::right].astype(">u2")
        passes += b"".join(b"\0" + row.tobytes() for row in rows)
    passes += b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples[1::2])
    plain = png(samples, []).getvalue()
    import struct
    import zlib

    from tests.indexer.colour.making import chunk

    head = plain[16:28] + b"\1"
    content = plain[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(passes)) + chunk(b"IEND", b"")
    assert struct.unpack(">II", head[:8]) == (64, 48)
    file = io.BytesIO(content)
    assert np.array_equal(deep_samples(file, Image.open(file)), samples)


def test_ten_bits_of_a_heic() -> None:
    samples = np.repeat(np.linspace(0, 65535, 512).astype(np.uint16)[None, :, None], 3, axis=2).repeat(64, axis=0)
    file = heic(samples, 9, 16)
    import pillow_heif

    pillow_heif.register_heif_opener()
    deep = deep_samples(file, Image.open(file))
    assert deep is not None and deep.shape == samples.shape and len(np.unique(deep)) > 400
    assert np.abs(deep.astype(int) - samples).mean() < 200


@pytest.mark.parametrize("suffix", ["png", "heic", "jpg", "tif", "webp"])
def test_eight_bits_are_read_in_the_usual_way(suffix: str) -> None:
    file = saved(Image.new("RGB", (64, 64), "red"), suffix)
    assert deep_samples(file, Image.open(file)) is None


def test_a_broken_file_is_no_error() -> None:
    content = png(RANDOM[..., :3], []).getvalue()
    image = Image.open(io.BytesIO(content))
    assert deep_samples(io.BytesIO(content[:2000]), image) is None
    assert deep_samples(io.BytesIO(b""), image) is None


def test_reduced() -> None:
    for samples in (RANDOM[..., 0], RANDOM[..., :3], RANDOM[:47, :61]):
        small = reduced(samples, 4)
        assert small.dtype == np.uint16
        assert small.shape[:2] == (samples.shape[0] // 4, samples.shape[1] // 4)
        assert small[1, 2] == pytest.approx(samples[4:8, 8:12].mean(axis=(0, 1)), abs=1)


CLEAR, OTHER, NEAR = (0x1234, 0x5678, 0x9ABC), (0x4321, 0x8765, 0x0FED), (0x1235, 0x5678, 0x9ABC)


@pytest.mark.parametrize("smallest", [None, 8])
@pytest.mark.parametrize("kind", ["grey", "colour"])
@pytest.mark.parametrize("bits", [8, 16])
def test_the_clear_colour_of_a_png(bits: int, kind: str, smallest: int | None) -> None:
    """Of 16 bits, one that differs in the last bit is not clear; the clear one would be dark."""
    samples = np.zeros((48, 64, 3), np.uint16)
    samples[:, :16], samples[:, 16:32], samples[:, 32:] = CLEAR, NEAR, OTHER
    if bits == 8:
        samples = np.asarray(samples >> 8)
        samples[:, 16:32] = OTHER[0] >> 8
    if kind == "grey":
        samples = samples[..., 0]
    told = samples[:1, :1].astype(">u2").tobytes()
    file = png(samples.astype(np.uint8 if bits == 8 else np.uint16), [(b"tRNS", told)])
    shown = np.asarray(decode_picture(file, "a.png", smallest).image)
    assert (shown[3, 1] == 255).all(), "the ground shows"
    assert shown[3, shown.shape[1] * 3 // 8].max() < 255 and shown[3, -2].max() < 255


def test_clear_colours_of_other_files() -> None:
    for file in (png(RANDOM[..., :3], []), saved(Image.new("L", (9, 9)).convert("P"), "png", transparency=0)):
        assert clear_colour(file, Image.open(file)) is None
