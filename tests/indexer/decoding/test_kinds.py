"""Tests of indexer.decoding.kinds: what a file is, is decided by its bytes."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.decoding.kinds import Kind, is_video_file, kind_of
from indexer.engine.frames import frames
from indexer.models.preprocess import Preprocess
from tests.indexer.decoding.saving import FORMATS, saved
from tests.indexer.decoding.test_raw import dng, scene

pytest.importorskip("rawpy")
pytest.importorskip("av")

NAMES = ["jpg", "png", "webp", "gif", "tif", "heic", "avif", "jxl", "bmp", "jp2"]
NAMES += ["mov", "mp4", "mkv", "avi", "dng", "nef", "cr2", "arw"]
VIDEOS = {"mp4": "libx264", "mov": "libx264", "mkv": "libx264", "avi": "mpeg4", "webm": "libvpx", "flv": "flv1"}
VIDEOS |= {"mpg": "mpeg1video", "ts": "mpeg2video", "wmv": "wmv2", "3gp": "libx264", "ogv": "libtheora"}


@cache
def video(suffix: str, folder: Path) -> bytes:
    from tests.indexer.video.writing import GREEN, RED, write
    from tests.indexer.video.writing import scene as frames_of

    try:
        return write(
            folder / f"a.{suffix}", [*frames_of(RED, 1), *frames_of(GREEN, 1)], 25, VIDEOS[suffix]
        ).read_bytes()
    except Exception as error:
        pytest.skip(f"this FFmpeg can't write it: {error}")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_still_under_any_name(suffix: str, name: str) -> None:
    if suffix in ("ppm", "j2k") and name in ("mov", "mp4", "mkv", "avi"):
        return  # PPM has a mark of two letters only
    file = saved(Image.new("RGB", (64, 48), (200, 40, 40)), suffix)
    assert kind_of(file, f"a.{name}") in ("still", "raw")
    picture = decode_picture(file, f"a.{name}")
    assert (picture.width, picture.height) == (64, 48)
    assert picture.format not in ("DNG", "NEF", "RAW")


@pytest.mark.parametrize("suffix", VIDEOS)
def test_a_video_under_any_name(suffix: str, tmp_path: Path) -> None:
    content = video(suffix, tmp_path)
    for name in NAMES:
        (tmp_path / f"b.{name}").write_bytes(content)
        assert is_video_file(tmp_path / f"b.{name}")
    shown = [frame for frame, _ in frames(tmp_path, "b.jpg", Preprocess(32, 32))]
    assert len(shown) >= 2 and shown[0].format != "JPEG" and (shown[0].width, shown[0].height) == (160, 96)


@pytest.mark.parametrize("name", NAMES)
def test_a_raw_file_under_any_name(name: str) -> None:
    picture = decode_picture(io.BytesIO(dng(scene())), f"a.{name}", 64)
    assert (picture.width, picture.height) == (640, 480)
    assert picture.format == (name.upper() if name in ("dng", "nef", "cr2", "arw") else "RAW")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "still"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "still"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "video"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "video"),
        (b"II*\0\x10\0\0\0CR\2\0", "raw"),
        (b"FUJIFILMCCD-RAW 0201", "raw"),
        (b"IIRO\x08\0\0\0", "raw"),
        (b"IIU\0\x08\0\0\0", "raw"),
        (b"II\x1a\0\0\0HEAPCCDR", "raw"),
        (b"FOVb\0\0\2\0", "raw"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "still"),
        (b"RIFF\x10\0\0\0AVI LIST", "video"),
        (b"\x1a\x45\xdf\xa3\x93\x42", "video"),
        (b"\x47" + b"\0" * 187 + (b"\x47" + b"\0" * 187) * 8, "video"),
        (b"\xff\xd8\xff\xe1", "still"),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.mp4", "a.nef", "a"])
def test_by_the_first_bytes(head: bytes, kind: Kind, name: str) -> None:
    assert kind_of(io.BytesIO(head), name) == kind


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "still"), ("a.MP4", "video"), ("a.NEF", "raw"), ("a", "still")])
@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 100])
def test_by_the_name_where_the_bytes_leave_it_open(content: bytes, name: str, kind: Kind, tmp_path: Path) -> None:
    assert kind_of(io.BytesIO(content), name) == kind
    assert is_video_file(tmp_path / "missing" / name) == (kind == "video")
