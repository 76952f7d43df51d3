"""Tests of indexer.video.container: what is no video, and which stream of a file is one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from indexer.video import frames as video_frames
from tests.indexer.video.writing import BLUE, GREEN, RED, THREE, colour, fails, read, scene, seconds, with_sound, write


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"no video at all\n" * 200, "not a video"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "not a video"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "not a video"),
        (b"\x1a\x45\xdf\xa3", ""),
        (b"\0\0\0\x18ftypmp42", "truncated"),
        (b"RIFF", ""),
    ],
)
def test_no_video(content: bytes, reason: str) -> None:
    assert reason in fails(content)


def test_only_sound(tmp_path: Path) -> None:
    assert "no video" in fails(with_sound(tmp_path / "a.mp4", []).read_bytes())
    cover = with_sound(tmp_path / "b.mp4", scene(RED, 0.1), "mjpeg", cover=True)
    assert "no video" in fails(cover.read_bytes())


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_sound_is_left_out(tmp_path: Path, name: str) -> None:
    moments = read(with_sound(tmp_path / name, THREE))[1]
    assert [colour(moment) for moment in moments] == [RED, GREEN, BLUE]
    assert seconds(moments) == pytest.approx([0, 4, 7], abs=video_frames.FRAME_STEP)


def test_encrypted(tmp_path: Path) -> None:
    scheme = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "01" * 16, "encryption_kid": "02" * 16}
    assert "encrypted" in fails(write(tmp_path / "a.mp4", THREE, container=scheme).read_bytes())


def test_without_the_extra(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert "needs the extra video" in fails(three.read_bytes())
