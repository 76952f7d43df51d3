"""Tests of indexer.decoding.truncation: what is cut off anywhere is told, and nothing whole is taken for cut off."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.decoding.truncation import check_length
from indexer.errors import PictureError
from tests.conftest import SAMPLES


def noise(seed: int, size: tuple[int, int] = (60, 40)) -> Image.Image:
    samples = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(samples)


def saved(format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    noise(0).save(file, format, **options)
    return file.getvalue()


def several_heics() -> bytes:
    import pillow_heif

    images = pillow_heif.from_pillow(noise(0))
    images.add_from_pillow(noise(1, (80, 60)))
    file = io.BytesIO()
    images.save(file)
    return file.getvalue()


SEVERAL: dict[str, Any] = {"save_all": True, "append_images": [noise(1), noise(2, (80, 60))]}
STILL: dict[str, bytes] = {
    "a.gif": saved("GIF"),
    "interlaced.gif": saved("GIF", interlace=1),
    "a.png": saved("PNG"),
    "a.webp": saved("WEBP"),
    "a.avif": saved("AVIF"),
}
FILES = STILL | {
    "several.gif": saved("GIF", **SEVERAL),
    "several.png": saved("PNG", save_all=True, append_images=[noise(1), noise(2)]),
    "several.webp": saved("WEBP", save_all=True, append_images=[noise(1), noise(2)]),
    "several.tif": saved("TIFF", **SEVERAL),
    "lzw.tif": saved("TIFF", compression="tiff_lzw", **SEVERAL),
    "several.avif": saved("AVIF", save_all=True, append_images=[noise(1), noise(2)]),
    "several.heic": several_heics(),
}


@pytest.mark.parametrize("name", FILES)
def test_cut_off_anywhere(name: str) -> None:
    whole = FILES[name]
    check_length(source := io.BytesIO(whole))
    assert source.tell() == 0
    for part in (0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999):
        with pytest.raises(PictureError):
            decode_picture(io.BytesIO(whole[: int(len(whole) * part)]), name)
    if "several" in name:
        with pytest.raises(PictureError, match="truncated"):
            check_length(io.BytesIO(whole[: int(len(whole) * 0.95)]))


@pytest.mark.parametrize("name", FILES)
def test_what_is_appended_does_no_harm(name: str) -> None:
    check_length(io.BytesIO(FILES[name] + b"a camera's own notes"))


def test_a_gif_without_its_trailer_is_whole() -> None:
    check_length(io.BytesIO(FILES["several.gif"][:-1]))


def test_the_samples_are_whole() -> None:
    files = [path for path in SAMPLES.iterdir() if path.is_file()]
    assert len(files) > 24
    for path in files:
        with path.open("rb") as file:
            check_length(file)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*\0\0\0\x08", b"RIFF\0\0\0\0WEBP"]
)
def test_almost_nothing(content: bytes) -> None:
    try:
        check_length(io.BytesIO(content))
    except PictureError as error:
        assert "truncated" in str(error)


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_tiff_that_leads_nowhere_takes_no_time(order: Any) -> None:
    def number(value: int, width: int) -> bytes:
        return value.to_bytes(width, order)

    entry = number(273, 2) + number(4, 2) + number(2**32 - 1, 4) + number(0, 4)
    page = number(2, 2) + 2 * entry
    head = (b"II*\0" if order == "little" else b"MM\0*") + number(8, 4)
    with pytest.raises(PictureError):
        check_length(io.BytesIO(head + page + number(8 + len(page) + 4, 4) + page + number(0, 4)))
    check_length(io.BytesIO(head + page + number(8, 4)))  # its only page is also its next one
