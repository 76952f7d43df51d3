"""Tests of indexer.decoding.reasons: files that can't be decoded say why."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import open_picture
from indexer.decoding.reasons import as_picture_errors
from indexer.errors import PictureError, UnreachablePicture


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


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        open_picture(tmp_path / "a.jpg")


def test_what_the_system_refuses_may_be_sound(tmp_path: Path) -> None:
    with pytest.raises(UnreachablePicture):
        open_picture(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (ValueError("bad marker"), PictureError, "bad marker"),
        (KeyError("mine"), PictureError, "explained"),
        (MemoryError(), PictureError, "too large"),
        (OSError("broken data stream"), PictureError, "broken data stream"),
        (OSError(5, "Input/output error"), UnreachablePicture, "Input/output error"),
        (UnreachablePicture("it changed"), UnreachablePicture, "it changed"),
    ],
)
def test_whatever_is_raised_becomes_one_kind_of_error(error: Exception, kind: type, reason: str) -> None:
    with (
        pytest.raises(PictureError, match=reason) as caught,
        as_picture_errors(lambda error: "explained" if isinstance(error, KeyError) else None),
    ):
        raise error
    assert type(caught.value) is kind
