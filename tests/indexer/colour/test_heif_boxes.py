"""Tests of indexer.colour.heif_boxes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from indexer.colour import primaries, transfer
from indexer.colour.heif_boxes import colours, properties
from tests.indexer.colour.boxes import clap, imir, irot, with_properties
from tests.indexer.decoding.saving import saved

PLAIN = Image.new("RGB", (64, 64), "red")


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_properties_in_their_order(suffix: str) -> None:
    added = [clap(32, 32), irot(1), imir(0)]
    kinds = [box.kind for box in properties(with_properties(saved(PLAIN, suffix), added))]
    assert kinds == [b"colr", b"clap", b"irot", b"imir"]


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_colours_of_the_primary_picture(suffix: str) -> None:
    file = saved(PLAIN, suffix)
    told = colours(properties(file))
    assert told is not None and (told.primaries, told.transfer) == (primaries.SRGB, transfer.SRGB)
    assert colours([]) is None


def test_no_heif() -> None:
    for suffix in ("jpg", "png", "tif"):
        assert properties(saved(PLAIN, suffix)) == []
    assert properties(io.BytesIO(b"")) == []


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_broken_boxes_are_no_error(suffix: str) -> None:
    content = saved(PLAIN, suffix).getvalue()
    end = content.index(b"mdat")
    for at in range(end):
        for value in (0, 1, 0x7F, 0xFF):
            properties(io.BytesIO(content[:at] + bytes([value]) + content[at + 1 :]))
        properties(io.BytesIO(content[:at]))
