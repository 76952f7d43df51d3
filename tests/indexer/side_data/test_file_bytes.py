"""Tests of indexer.side_data.file_bytes: the same bytes as in a copy, of which few are read."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from indexer.decoding.kinds import is_video_file, kind_of
from indexer.side_data.file_bytes import FileBytes, changed
from indexer.side_data.picture_page import picture_page
from tests.indexer.side_data.writing import saved, scene


class Counted(io.BytesIO):
    """A file that counts the bytes that are read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.count += len(content)
        return content


def test_any_part_is_that_of_the_bytes() -> None:
    content = random.Random(1).randbytes(3000)
    lazy, choose = FileBytes(io.BytesIO(content)), random.Random(2)
    assert len(lazy) == len(content)
    for _ in range(300):
        part = slice(choose.randrange(-10, 3100), choose.randrange(-10, 3100))
        assert lazy[part] == content[part]
    assert lazy[10**12 : 10**13] == b"" and lazy[:] == content


@pytest.mark.parametrize("tail", [b"", b"x", b"tail" * 50])
@pytest.mark.parametrize("head", [b"", b"HEAD", b"H" * 100])
def test_changed_parts(head: bytes, tail: bytes) -> None:
    content = random.Random(1).randbytes(20_000)
    expected, choose = head + content[len(head) :] + tail, random.Random(2)
    file = changed(io.BytesIO(content), head, tail)
    assert file.read() == expected and file.seek(0, 2) == len(expected) == file.tell()
    for _ in range(300):
        start, size = choose.randrange(21_000), choose.choice((0, 1, 7, 5000, 30_000))
        assert file.seek(start) == start and file.read(size) == expected[start : start + size]
    file.seek(5)
    assert file.seek(-2, 1) == 3 and file.seek(-1, 2) == len(expected) - 1


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}])
def test_of_a_tiff_little_is_read_to_know_what_it_is(options: dict[str, object]) -> None:
    file = Counted(saved("TIFF", scene(1600, 1200), **options))
    size = len(file.getvalue())
    assert kind_of(file, "a.tif") == "still" and picture_page(file) is file
    assert file.count < 20_000 < size


def test_a_large_tiff_is_no_video_and_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(saved("TIFF"))
    with path.open("r+b") as file:
        file.truncate(3 * 1024**3)
    assert not is_video_file(path)
