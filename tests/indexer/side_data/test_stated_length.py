"""Tests of indexer.side_data.stated_length."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from indexer.side_data.stated_length import stated_end
from indexer.video.moments import open_video
from tests.indexer.video.writing import REALTIME, THREE, fails, write


@pytest.mark.parametrize("name", ["a.mp4", "late.mp4", "a.mkv", "a.webm", "a.avi"])
def test_truncated(tmp_path: Path, name: str) -> None:
    codec, fast = ("libx264", {}) if name != "a.webm" else ("libvpx", REALTIME)
    container = {"movflags": "faststart"} if name == "a.mp4" else {}
    content = write(tmp_path / name, THREE, codec=codec, container=container, **fast).read_bytes()
    list(open_video(io.BytesIO(content))[1])
    for part in (0.1, 0.5, 0.9, 0.99):
        assert "truncated" in fails(content[: int(len(content) * part)])


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\x20mdat", 48),
        (b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\x01mdat" + (64).to_bytes(8, "big"), 80),
        (b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\0mdat", 16),
        (b"RIFF\x20\0\0\0AVI ", 40),
        (b"\x1a\x45\xdf\xa3\x81\0" + b"\x18\x53\x80\x67\x88", 19),
        (b"\x1a\x45\xdf\xa3\x81\0" + b"\x18\x53\x80\x67\xff", 0),
        (b"something else", 0),
    ],
)
def test_where_a_file_says_it_ends(content: bytes, end: int) -> None:
    assert stated_end(io.BytesIO(content), len(content)) == end
