"""Tests of indexer.colour.jp2_profile."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from indexer.colour.jp2_profile import jp2_profile
from indexer.decoding.decode import decode_picture
from tests.indexer.colour.boxes import box
from tests.indexer.colour.making import error, scene
from tests.indexer.colour.test_told import SDR, TO_P3, encoded, power
from tests.indexer.decoding.saving import DISPLAY_P3, saved


def with_profile(image: Image.Image, method: int, profile: bytes) -> io.BytesIO:
    """Return a JP2 with a profile instead of the name of a colour space."""
    content = saved(image, "jp2").getvalue()
    start = content.index(b"jp2h") - 4
    (length,) = struct.unpack_from(">I", content, start)
    at = content.index(b"colr") - 4
    (old,) = struct.unpack_from(">I", content, at)
    new = box(b"colr", bytes([method, 0, 0]) + profile)
    header = content[start + 8 : at] + new + content[at + old : start + length]
    return io.BytesIO(content[:start] + box(b"jp2h", header) + content[start + length :])


@pytest.mark.parametrize("method", [2, 3])
@pytest.mark.parametrize("smallest", [None, 32])
def test_it_is_followed(method: int, smallest: int | None) -> None:
    file = with_profile(Image.fromarray(encoded(TO_P3, power(2.2), 8)), method, DISPLAY_P3)
    assert jp2_profile(file) == DISPLAY_P3
    assert error(file, "jp2", scene(), smallest) <= SDR


@pytest.mark.parametrize("profile", [b"broken", DISPLAY_P3[:200], b"\xff" * 300])
def test_a_broken_one_is_no_error(profile: bytes) -> None:
    file = with_profile(Image.fromarray(scene()), 2, profile)
    assert np.abs(np.asarray(decode_picture(file, "a.jp2").image).astype(int) - scene()).mean() <= 1


@pytest.mark.parametrize("suffix", ["jp2", "j2k", "png", "heic"])
def test_files_without_one(suffix: str) -> None:
    assert jp2_profile(saved(Image.fromarray(scene()), suffix)) is None
