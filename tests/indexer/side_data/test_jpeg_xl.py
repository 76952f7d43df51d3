"""Tests of indexer.side_data.jpeg_xl."""

from __future__ import annotations

import pytest
from PIL import Image

from indexer.side_data import jpeg_xl
from tests.indexer.decoding.saving import saved, with_orientation


@pytest.mark.parametrize("size", [(8, 8), (256, 128), (1000, 1), (3000, 2000), (641, 480), (1200, 1000)])
@pytest.mark.parametrize("boxed", [False, True])
def test_jpeg_xl_tells_its_size(size: tuple[int, int], boxed: bool) -> None:
    pytest.importorskip("pillow_jxl")
    options = {"use_container": True, "exif": with_orientation(1).tobytes()} if boxed else {}
    file = saved(Image.new("L", size), "jxl", effort=1, **options).getvalue()
    assert jpeg_xl.is_jpeg_xl(file) and file.startswith(jpeg_xl.BOXED if boxed else jpeg_xl.BARE)
    assert jpeg_xl.size_of(file) == size
    assert all(jpeg_xl.size_of(file[:cut]) in (None, size) for cut in range(60))
