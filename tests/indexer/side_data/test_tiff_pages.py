"""Tests of indexer.side_data.tiff_pages."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from indexer.side_data.tiff_pages import pages, starting_with
from tests.indexer.decoding.saving import saved
from tests.indexer.decoding.tiff_files import Page, tiff


def page(side: int, **parts: list[Page]) -> Page:
    return Page(np.zeros((side, side), np.uint8), **parts)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_and_those_below(order: str) -> None:
    file = tiff(page(1, below=[page(2), page(3, below=[page(4)])]), page(5), order=order)
    assert [read.tags[256] for read in pages(file)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("big", [False, True])
def test_of_both_kinds(big: bool) -> None:
    images = [Image.new("L", (side, 9)) for side in (11, 12, 13)]
    file = saved(images[0], "tif", save_all=True, append_images=images[1:], big_tiff=big)
    read = list(pages(file))
    assert [each.tags[256] for each in read] == [11, 12, 13]
    for each, image in zip(read, images, strict=True):
        assert Image.open(starting_with(file, each.offset)).size == image.size


def test_a_circle_ends() -> None:
    content = bytearray(tiff(page(1), page(2)).getvalue())
    content[-4:] = content[4:8]
    assert [read.tags[256] for read in pages(io.BytesIO(bytes(content)))] == [1, 2]
