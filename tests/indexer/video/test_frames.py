"""Tests of indexer.video.frames: which frames of a video are looked at, and damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.video import frames as video_frames
from tests.indexer.video.writing import (
    BLUE,
    GREEN,
    ONE_KEY,
    REALTIME,
    RED,
    THREE,
    colour,
    fails,
    read,
    scene,
    seconds,
    write,
)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.webm"])
def test_one_key_frame_hides_no_scene(tmp_path: Path, name: str) -> None:
    codec, options = ("libvpx", REALTIME) if name == "a.webm" else ("libx264", ONE_KEY)
    path = write(tmp_path / name, THREE, codec=codec, key_every=10000, **options)
    moments = read(path)[1]
    assert [colour(moment) for moment in moments] == [RED, GREEN, BLUE]
    assert seconds(moments) == pytest.approx([0, 4, 7], abs=video_frames.FRAME_STEP)


def test_a_gap_in_a_long_video_is_decoded(tmp_path: Path) -> None:
    keyed = [*scene(RED, 30, 2), *scene(GREEN, 30, 2)]
    path = tmp_path / "a.mp4"
    rare = [*scene(BLUE, 8, 2), *scene(RED, 8, 2), *scene(GREEN, 14, 2)]
    write(path, [*keyed, *rare], 2, key_every=60, **ONE_KEY)
    moments = read(path)[1]
    assert [colour(moment) for moment in moments] == [RED, GREEN, BLUE]  # red and green were there before
    assert seconds(moments) == pytest.approx([0, 30, 60], abs=1)


def test_a_recording_without_seek_index(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", THREE, container={"live": "1"}, key_every=10000, **ONE_KEY)
    assert len(read(path)[1]) == 3


def test_the_last_change_of_a_recording_that_then_stands(tmp_path: Path) -> None:
    frames = [*scene(RED, 0.3), scene(GREEN, 0.1)[0], scene(BLUE, 0.1)[0], scene(BLUE, 0.1)[0]]
    times = [0, 100, 200, 300, 9000, 9100]
    path = write(tmp_path / "a.mkv", frames, times=times, key_every=10000, **ONE_KEY)
    assert [colour(moment) for moment in read(path)[1]] == [RED, GREEN, BLUE]


def test_times_count_from_the_start(tmp_path: Path) -> None:
    times = [5000 + 100 * number for number in range(len(THREE))]
    path = write(tmp_path / "a.mkv", THREE, times=times)
    assert seconds(read(path)[1]) == pytest.approx([0, 4, 7], abs=0.3)


def test_a_hole_in_the_middle(three: Path) -> None:
    content = bytearray(three.read_bytes())
    middle = len(content) // 2
    content[middle:] = bytes(len(content) - middle)
    assert "damaged" in fails(bytes(content))


def test_a_hole_with_a_sound_end(tmp_path: Path) -> None:
    frames = [*scene(RED, 40, 4), *scene(BLUE, 40, 4)]
    content = bytearray(write(tmp_path / "a.mp4", frames, 4, container={"movflags": "faststart"}).read_bytes())
    hole = slice(len(content) * 4 // 10, len(content) * 8 // 10)
    content[hole] = bytes(hole.stop - hole.start)
    assert "damaged" in fails(bytes(content))


def test_truncated_without_a_size(tmp_path: Path) -> None:
    content = write(tmp_path / "a.flv", [*scene(RED, 100, 4), *scene(BLUE, 100, 4)], 4, "flv1").read_bytes()
    assert "truncated" in fails(content[: len(content) // 2])


def index_of(content: bytes) -> tuple[int, int]:
    """Return where the entries of an AVI's index begin and end."""
    start = content.rfind(b"idx1") + 8
    return start, start + int.from_bytes(content[start - 4 : start], "little")


def changed_index(content: bytes, way: str) -> bytes:
    """Return an AVI whose pictures are sound, with an index that FFmpeg may stumble over."""
    file, (start, end) = bytearray(content), index_of(content)
    entries = range(start, end, 16)
    match way:
        case "first is no key frame":
            file[start + 4 : start + 8] = bytes(4)
        case "no key frames":
            for entry in entries:
                file[entry + 4 : entry + 8] = bytes(4)
        case "second key frame alone":
            for entry in entries[: len(entries) // 2]:
                file[entry + 4 : entry + 8] = bytes(4)
        case "none":
            del file[start - 8 : end]
            file[4:8] = (len(file) - 8).to_bytes(4, "little")
        case "another name":
            file[start - 8 : start - 4] = b"JUNK"
        case "empty" | "half":
            kept = 0 if way == "empty" else len(entries) // 2 * 16
            del file[start + kept : end]
            file[start - 4 : start] = kept.to_bytes(4, "little")
            file[4:8] = (len(file) - 8).to_bytes(4, "little")
        case "offsets from the start of the file":
            for entry in entries:
                offset = int.from_bytes(file[entry + 8 : entry + 12], "little") + 4096
                file[entry + 8 : entry + 12] = offset.to_bytes(4, "little")
        case "zeroes":
            file[start:end] = bytes(end - start)
        case "other streams":
            for entry in entries:
                file[entry : entry + 4] = b"01wb"
        case "sizes of nothing":
            for entry in entries:
                file[entry + 12 : entry + 16] = bytes(4)
    return bytes(file)


@pytest.mark.parametrize(
    "way",
    [
        *("first is no key frame", "no key frames", "second key frame alone", "none", "another name", "empty", "half"),
        *("offsets from the start of the file", "zeroes", "other streams", "sizes of nothing"),
    ],
)
def test_an_avi_in_which_ffmpeg_cannot_seek(tmp_path: Path, way: str) -> None:
    path = tmp_path / "a.avi"
    write(path, [*scene(RED, 20), *scene(GREEN, 20)], codec="mpeg4", key_every=1000, g="1000")
    path.write_bytes(changed_index(path.read_bytes(), way))
    moments = read(path)[1]
    assert [colour(moment) for moment in moments] == [RED, GREEN]
    assert seconds(moments) == pytest.approx([0, 20], abs=1.1)
