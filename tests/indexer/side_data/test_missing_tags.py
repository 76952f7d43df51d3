"""Tests of indexer.side_data.missing_tags: the picture, or a refusal, but no noise."""

from __future__ import annotations

import io
import itertools
import zlib
from typing import Any

import numpy as np
import pytest

from indexer.decoding.decode import decode_picture
from indexer.errors import PictureError
from indexer.side_data.directories import directories
from indexer.side_data.missing_tags import missing_tags
from tests.indexer.decoding.saving import saved
from tests.indexer.decoding.tiff_files import Page, tiff
from tests.indexer.side_data.writing import scene

HEIGHT, WIDTH = 48, 80
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
GREY = np.asarray(COLUMNS * 255 // (WIDTH - 1), np.uint8)
COLOURS = np.dstack([GREY, ROWS * 5, 255 - GREY]).astype(np.uint8)
MISSING = [combination for count in (1, 2, 3) for combination in itertools.combinations((258, 262, 277), count)]


def without(file: io.BytesIO, numbers: tuple[int, ...]) -> io.BytesIO:
    """Return the TIFF with these tags renamed to private ones."""
    content = file.getvalue()
    order: Any = "little" if content[:2] == b"II" else "big"
    for tag in next(directories(content)):
        if tag.number in numbers:
            entry = (65000 + tag.number - 258).to_bytes(2, order) + tag.entry[2:]
            content = content.replace(tag.entry, entry, 1)
    return io.BytesIO(content)


def assert_shows(file: io.BytesIO, samples: Any) -> None:
    image = np.asarray(decode_picture(file, "a.tif").image, dtype=float)
    expected = samples if samples.ndim == 3 else np.dstack([samples] * 3)
    assert np.abs(image - expected).max() <= 2


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("deflated", [False, True])
def test_whole_numbers(deflated: bool, depth: int, order: str, missing: tuple[int, ...]) -> None:
    for samples in (GREY, COLOURS):
        stored = samples if depth == 8 else (samples.astype(np.uint16) * 257).astype(f"{order}u2")
        if depth == 16 and 258 in missing and 277 in missing and samples is GREY:
            continue  # as many bytes as two samples of 8 bits
        tags = {259: 8} if deflated else {}
        packed = zlib.compress(stored.tobytes()) if deflated else None
        assert_shows(without(tiff(Page(stored, tags, packed=packed), order=order), missing), samples)


@pytest.mark.parametrize("missing", MISSING)
def test_jpeg_in_a_tiff(missing: tuple[int, ...]) -> None:
    for image in (scene(), scene().convert("L"), scene().convert("YCbCr")):
        file = saved(image, "tif", compression="jpeg", quality=95)
        picture = np.asarray(decode_picture(without(file, missing), "a.tif").image, dtype=float)
        assert np.abs(picture - np.asarray(image.convert("RGB"))).mean() < 12


@pytest.mark.parametrize("missing", [(258,), (277,), (258, 277), (262,), (258, 262, 277)])
@pytest.mark.parametrize("compression", [None, "group4", "group3"])
def test_faxes_rely_on_defaults(compression: str | None, missing: tuple[int, ...]) -> None:
    image = scene().convert("1")
    file = without(saved(image, "tif", **({"compression": compression} if compression else {})), missing)
    content = file.getvalue()
    assert not missing_tags(content, next(directories(content)))
    seen = np.asarray(decode_picture(file, "a.tif").image)[..., 0]
    expected = np.asarray(image.convert("L"))
    assert np.array_equal(seen, expected) or (262 in missing and np.array_equal(seen, 255 - expected))


@pytest.mark.parametrize("length", [10, 1000, HEIGHT * WIDTH * 5, HEIGHT * WIDTH * 7])
def test_what_nothing_fits_is_refused(length: int) -> None:
    file = without(tiff(Page(GREY, packed=bytes(length))), (258, 277))
    with pytest.raises(PictureError):
        decode_picture(file, "a.tif")
