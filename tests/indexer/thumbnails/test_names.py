"""Tests of indexer.thumbnails.names."""

from __future__ import annotations

import pytest

from indexer.thumbnails.names import Thumb

DIGEST = bytes(range(16))


@pytest.mark.parametrize("thumb", [Thumb(DIGEST), Thumb(DIGEST, 0), Thumb(DIGEST, 123_456)])
def test_what_is_written_is_read(thumb: Thumb) -> None:
    assert Thumb.parse(str(thumb)) == thumb


def test_a_still_and_the_start_of_a_video_differ() -> None:
    assert str(Thumb(DIGEST)) == "000102030405060708090a0b0c0d0e0f" != str(Thumb(DIGEST, 0))


@pytest.mark.parametrize("text", ["", "00", "../" * 12, "0" * 33, "G" * 32, "0" * 32 + "-", "0" * 32 + "--1"])
@pytest.mark.parametrize("end", ["", "-01", "-1x", "/", "\n", "-\u0661", "-" + "9" * 13])
def test_nothing_else_is_read(text: str, end: str) -> None:
    assert Thumb.parse(text + end) is None
    assert Thumb.parse("0" * 32 + end) is None or not end
