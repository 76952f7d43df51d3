"""Tests of search.filters.sizes: the least size as people write it."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.errors import InvalidRequest
from search.filters.sizes import LeastSize, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1920x1080", LeastSize(longer=1920, shorter=1080)),
        ("1080X1920", LeastSize(longer=1920, shorter=1080)),
        ("1920 \u00d7 1080", LeastSize(longer=1920, shorter=1080)),
        ((1920, 1080), LeastSize(longer=1920, shorter=1080)),
        ("2mp", LeastSize(pixels=2_000_000)),
        ("2.5 MP", LeastSize(pixels=2_500_000)),
        ("12 megapixels", LeastSize(pixels=12_000_000)),
        ("500kb", LeastSize(bytes=500_000)),
        ("2MB", LeastSize(bytes=2_000_000)),
        ("2mb", LeastSize(bytes=2_000_000)),
        ("1.5 GB", LeastSize(bytes=1_500_000_000)),
        ("2MiB", LeastSize(bytes=2 * 1024**2)),
        ("1kib", LeastSize(bytes=1024)),
        ("800b", LeastSize(bytes=800)),
        ("800 bytes", LeastSize(bytes=800)),
    ],
)
def test_sizes_as_people_write_them(text: Any, size: LeastSize) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "500", "2m", "2k", "x", "1920x", "-2mp", "0mb", "0x0", "big", "1e3kb", "2,5mp"])
def test_what_may_be_pixels_or_bytes_is_no_size(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is no size; write pixels as 1920x1080"):
        parse_size(text)


@pytest.mark.parametrize("text", ["1" * 10_000_000, "1" + " " * 10_000_000 + "x", "1." + "1" * 10_000_000 + "kb"])
def test_sizes_without_end_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is no size") as refused:
        parse_size(text)
    assert len(str(refused.value)) < 200
