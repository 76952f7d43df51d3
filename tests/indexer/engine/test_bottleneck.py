"""Tests of indexer.engine.bottleneck."""

from __future__ import annotations

import pytest

from indexer.engine.bottleneck import Load


@pytest.mark.parametrize(
    ("pictures", "encoder", "read", "decode", "expected"),
    [(9, 1, 5, 1, "disk"), (9, 1, 1, 5, "decode"), (1, 9, 5, 1, "encode")],
)
def test_the_bottleneck(pictures: float, encoder: float, read: float, decode: float, expected: str) -> None:
    load = Load()
    load._pictures, load._encoder, load._read, load._decode = pictures, encoder, read, decode
    assert load.bottleneck() == expected
    load._encoder += 6  # newer waits count for more
    assert load.bottleneck() == "encode"
