"""Tests of indexer.video.moments."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import PictureError, UnreachablePicture
from indexer.video.frames import SampledFrames
from indexer.video.moments import Moment, open_video, picture_at
from tests.indexer.video.writing import BLUE, GREEN, REALTIME, RED, SIZE, colour, read, scene, seconds, write


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "short"),
    [
        ("a.mp4", "libx264", "yuv420p", "MP4"),
        ("a.mov", "prores_ks", "yuv422p10le", "MOV"),
        ("a.mkv", "ffv1", "yuv420p", "MKV"),
        ("a.webm", "libvpx-vp9", "yuv420p", "WEBM"),
        ("a.webm", "libvpx", "yuv420p", "WEBM"),
        ("a.avi", "mpeg4", "yuv420p", "AVI"),
        ("a.mpg", "mpeg2video", "yuv420p", "MPEG"),
        ("a.ts", "libx264", "yuv444p10le", "TS"),
        ("a.wmv", "wmv2", "yuv420p", "WMV"),
        ("a.flv", "flv1", "yuv420p", "FLV"),
    ],
)
def test_one_moment_per_scene(tmp_path: Path, name: str, codec: str, pixels: str, short: str) -> None:
    fast = REALTIME if codec.startswith("libvpx") else {}
    rate = 25 if codec == "mpeg2video" else 10  # MPEG-2 knows only some rates
    frames = [*scene(RED, 4, rate), *scene(GREEN, 3, rate), *scene(BLUE, 4, rate)]
    what, moments = read(write(tmp_path / name, frames, rate, codec, pixels=pixels, **fast))
    assert (what.width, what.height, what.format) == (*SIZE, short)
    assert seconds(moments) == pytest.approx([0, 4, 7], abs=0.6)
    assert [colour(moment) for moment in moments] == [RED, GREEN, BLUE]
    assert all(moment.image.mode == "RGB" and moment.image.size == SIZE for moment in moments)


def test_a_drive_that_fails_is_not_the_fault_of_the_video(three: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if size is not None and size > 1000:  # the headers can still be read
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(UnreachablePicture, match="Input/output"):
        list(open_video(Failing(three.read_bytes()))[1])


def test_moments_come_one_by_one_and_can_be_left(three: Path) -> None:
    with three.open("rb") as source:
        moments = open_video(source)[1]
        assert isinstance(moments, Iterator)
        assert colour(next(moments)) == RED
        moments.close()  # type: ignore[attr-defined]
        assert not source.closed


def test_importing_loads_no_decoder_and_reading_prints_nothing(three: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.mp4"
    broken.write_bytes(three.read_bytes()[:4000])
    code = f"""
import io, sys, indexer.video.moments as video
assert "av" not in sys.modules
for path in {[str(three), str(broken)]}:
    try:
        list(video.open_video(open(path, "rb"))[1])
    except video.PictureError:
        pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mkv", "ffv1"),
        ("a.webm", "libvpx"),
        ("a.avi", "mpeg4"),
        ("a.mpg", "mpeg2video"),
        ("a.ts", "libx264"),
        ("a.wmv", "wmv2"),
        ("a.flv", "flv1"),
    ],
)
def test_a_moment_is_found_again_by_its_time(tmp_path: Path, name: str, codec: str) -> None:
    fast = REALTIME if codec.startswith("libvpx") else {}
    rate = 25 if codec == "mpeg2video" else 10
    frames = [*scene(RED, 4, rate), *scene(GREEN, 3, rate), *scene(BLUE, 4, rate)]
    path = write(tmp_path / name, frames, rate, codec, **fast)
    _, moments = read(path)
    for moment in moments:
        with path.open("rb") as source:
            image = picture_at(source, moment.at_ms).image
        assert image.size == moment.image.size
        pairs = zip(image.resize((4, 4)).tobytes(), moment.image.resize((4, 4)).tobytes(), strict=True)
        assert max(abs(one - other) for one, other in pairs) < 12, moment.at_ms


def test_a_late_moment_needs_no_decoding_of_what_is_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.mp4", [*scene(RED, 30), *scene(BLUE, 10)])
    taken = []
    decoded = SampledFrames._decoded

    def counted(self: SampledFrames, packets: object) -> Iterator[object]:
        for frame in decoded(self, packets):  # type: ignore[arg-type]
            taken.append(frame.at)
            yield frame

    monkeypatch.setattr(SampledFrames, "_decoded", counted)
    with path.open("rb") as source:
        assert colour(Moment(0, picture_at(source, 30_000).image)) == BLUE
    assert len(taken) <= 12, "a second between key frames"


def test_a_time_after_the_end_shows_the_last_frame_and_a_broken_one_what_there_is(tmp_path: Path, three: Path) -> None:
    with three.open("rb") as source:
        assert colour(Moment(0, picture_at(source, 10**7).image)) == BLUE
        assert not source.closed
    with pytest.raises(PictureError, match="not a video"):
        picture_at(io.BytesIO(b"ftyp" * 999), 0)
