"""Tests of indexer.video.moments."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.metadata import Metadata
from indexer.errors import PictureError, UnreachablePicture
from indexer.video import frames as video_frames
from indexer.video import scenes as video_scenes
from indexer.video import tags as video_metadata
from indexer.video.moments import Moment, Video, open_video

av = pytest.importorskip("av")

RED, GREEN, BLUE, BLACK = (200, 30, 30), (30, 160, 60), (40, 50, 190), (0, 0, 0)
SIZE = (160, 96)
REALTIME = {"deadline": "realtime", "cpu-used": "8"}  # of libvpx
ONE_KEY = {"sc_threshold": "0", "keyint_min": "10000"}


def scene(colour: tuple[int, int, int], seconds: float, fps: int = 10, size: tuple[int, int] = SIZE) -> list[Any]:
    """Return a scene: one colour, a bright mark in its upper left corner, and a dot that moves."""
    frames = []
    for number in range(round(seconds * fps)):
        image = Image.new("RGB", size, colour)
        if colour != BLACK:
            image.paste("white", (0, 0, size[0] // 4, size[1] // 4))
            image.paste("yellow", (number * 3 % size[0], size[1] // 2, number * 3 % size[0] + 6, size[1] // 2 + 6))
        frames.append(np.asarray(image))
    return frames


def write(
    path: Path,
    frames: Iterable[Any],
    fps: int | Fraction = 10,
    codec: str = "libx264",
    key_every: int = 10,
    pixels: str = "yuv420p",
    turned: int | None = None,
    aspect: Fraction | None = None,
    metadata: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    times: list[int] | None = None,
    **options: str,
) -> Path:
    """Write a video; times, if given, are those of the frames in milliseconds."""
    with av.open(str(path), "w", options=container or {}) as output:
        output.metadata.update(metadata or {})
        if codec == "libx264":
            options = {"preset": "ultrafast", **options}
        stream: Any = None
        for number, frame in enumerate(frames):
            if stream is None:
                stream = output.add_stream(codec, rate=fps, options=options)
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt, stream.gop_size = pixels, key_every
                if aspect:
                    stream.sample_aspect_ratio = aspect
                if turned is not None:
                    stream.set_display_rotation(turned)
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            if times is not None:
                picture.pts, picture.time_base = times[number], Fraction(1, 1000)
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return path


def read(path: Path, smallest: int | None = None) -> tuple[Video, list[Moment]]:
    with path.open("rb") as source:
        what, moments = open_video(source, path.name, smallest)
        found = list(moments)
        assert not source.closed
        return what, found


def seconds(moments: Iterable[Moment]) -> list[float]:
    return [moment.at_ms / 1000 for moment in moments]


def colour(moment: Moment) -> tuple[int, ...]:
    """Return which colour is in the lower right of the picture."""
    width, height = moment.image.size
    pixel = moment.image.getpixel((width * 3 // 4, height * 7 // 8))
    return min((RED, GREEN, BLUE, BLACK), key=lambda one: np.abs(np.subtract(one, pixel)).sum())


THREE = [*scene(RED, 4), *scene(GREEN, 3), *scene(BLUE, 4)]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenes, at 0, 4 and 7 seconds."""
    return write(tmp_path_factory.mktemp("video") / "three.mp4", THREE, container={"movflags": "faststart"})


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


def test_a_still_scene_gives_one_moment_and_a_small_change_another(tmp_path: Path) -> None:
    still = scene(RED, 100, 1)
    assert len(read(write(tmp_path / "a.mp4", still, 1))[1]) == 1
    person = np.asarray(Image.fromarray(still[0]).resize(SIZE)).copy()
    person[50:, 100:130] = 255
    moments = read(write(tmp_path / "b.mp4", [*still, *[person] * 20], 1))[1]
    assert len(moments) == 2
    assert moments[1].at_ms == pytest.approx(100_000, abs=11_000)


def test_a_dialogue_gives_each_picture_once(tmp_path: Path) -> None:
    frames = [frame for _ in range(4) for frame in (*scene(RED, 3), *scene(GREEN, 3))]
    assert [colour(moment) for moment in read(write(tmp_path / "a.mp4", frames))[1]] == [RED, GREEN]


def test_flashes_are_at_most_one_per_gap(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    frames = [np.asarray(Image.fromarray(rng.integers(0, 255, (2, 2, 3), np.uint8)).resize(SIZE, 0)) for _ in range(40)]
    moments = read(write(tmp_path / "a.mp4", frames, 2, key_every=1))[1]
    assert 5 < len(moments) <= 20 / video_scenes.MIN_GAP + 1


def test_a_scene_that_came_too_soon_for_its_only_key_frame(tmp_path: Path) -> None:
    frames = [*scene(RED, 1), *scene(GREEN, 20), *scene(BLUE, 20)]
    moments = read(write(tmp_path / "a.mp4", frames, key_every=200))[1]
    assert [colour(moment) for moment in moments] == [RED, GREEN, BLUE]
    assert moments[1].at_ms == pytest.approx(1000, abs=300)


def test_black_is_left_out_unless_it_is_all(tmp_path: Path) -> None:
    black = scene(BLACK, 3)
    moments = read(write(tmp_path / "a.mp4", [*black, *scene(RED, 3), *black]))[1]
    assert [colour(moment) for moment in moments] == [RED]
    assert seconds(moments) == pytest.approx([3], abs=0.3)
    assert seconds(read(write(tmp_path / "b.mp4", black))[1]) == [0]


@pytest.mark.parametrize(
    ("turned", "corner"), [(90, (0, 150)), (-90, (90, 5)), (180, (150, 90)), (0, (5, 5)), (None, (5, 5))]
)
def test_rotation_is_applied(tmp_path: Path, turned: int | None, corner: tuple[int, int]) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 1), turned=turned))
    size = SIZE[::-1] if turned in (90, -90) else SIZE
    assert (what.width, what.height) == moments[0].image.size == size
    assert min(moments[0].image.getpixel(corner)) > 200


def test_anamorphic_pixels_become_square(tmp_path: Path) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 1), aspect=Fraction(4, 3)))
    assert (what.width, what.height) == moments[0].image.size == (213, 96)


def test_large_frames_are_reduced_to_twice_the_smallest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", scene(RED, 0.5, size=(640, 400)), turned=90)
    what, moments = read(path, smallest=50)
    assert (what.width, what.height, moments[0].image.size) == (400, 640, (100, 160))
    assert read(path, smallest=224)[1][0].image.size == (400, 640)


def test_times_count_from_the_start(tmp_path: Path) -> None:
    times = [5000 + 100 * number for number in range(len(THREE))]
    path = write(tmp_path / "a.mkv", THREE, times=times)
    assert seconds(read(path)[1]) == pytest.approx([0, 4, 7], abs=0.3)


def test_a_long_video_has_no_more_than_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_scenes, "MOST_SCENES", 20)
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 255, (400, 2, 2, 3), np.uint8)
    frames = [np.asarray(Image.fromarray(one).resize((64, 64), 0)) for one in noise]
    path = write(tmp_path / "a.mp4", frames, Fraction(1, 5), key_every=1)
    moments = read(path)[1]
    assert 15 <= len(moments) <= 21
    assert moments[-1].at_ms > 1_900_000
    live = write(tmp_path / "a.mkv", frames, Fraction(1, 5), key_every=1, container={"live": "1"})
    assert 40 < len(read(live)[1]) < 150  # states no duration


def test_metadata(tmp_path: Path) -> None:
    apple = "com.apple.quicktime."
    tags = {
        f"{apple}make": "Apple",
        f"{apple}model": "iPhone 15",
        f"{apple}creationdate": "2024-05-01T12:00:00+0200",
        f"{apple}location.ISO6709": "+48.8577+002.2950+035.000/",
        "creation_time": "2024-05-01T10:00:00Z",
    }
    path = write(tmp_path / "a.mov", scene(RED, 1), metadata=tags, container={"movflags": "use_metadata_tags"})
    expected = Metadata(
        taken_at="2024-05-01T12:00:00+02:00",
        camera_make="Apple",
        camera_model="iPhone 15",
        latitude=48.8577,
        longitude=2.295,
    )
    assert read(path)[0].metadata == expected
    android = {"location": "-33.8568+151.2153/", "creation_time": "2024-05-01T10:00:00Z"}
    found = read(write(tmp_path / "a.mp4", scene(RED, 1), metadata=android))[0].metadata
    assert found == Metadata(taken_at="2024-05-01T10:00:00+00:00", latitude=-33.8568, longitude=151.2153)


def test_metadata_that_is_nonsense_is_left_out(tmp_path: Path) -> None:
    apple = "com.apple.quicktime."
    tags = {f"{apple}creationdate": "last May", f"{apple}location.ISO6709": "+98.1+500/", f"{apple}make": "  "}
    path = write(tmp_path / "a.mov", scene(RED, 1), metadata=tags, container={"movflags": "use_metadata_tags"})
    assert read(path)[0].metadata == Metadata()
    assert video_metadata._date("1904-01-01T00:00:00.000000Z") is None
    assert video_metadata._date("2024-13-01T00:00:00Z") is None


def fails(content: bytes) -> str:
    """Return why the content can't be read, on opening or on the way."""
    with pytest.raises(PictureError) as caught:
        list(open_video(io.BytesIO(content), "a.mp4")[1])
    assert type(caught.value) is PictureError
    return str(caught.value)


@pytest.mark.parametrize("name", ["a.mp4", "late.mp4", "a.mkv", "a.webm", "a.avi"])
def test_truncated(tmp_path: Path, name: str) -> None:
    codec, fast = ("libx264", {}) if name != "a.webm" else ("libvpx", REALTIME)
    container = {"movflags": "faststart"} if name == "a.mp4" else {}
    content = write(tmp_path / name, THREE, codec=codec, container=container, **fast).read_bytes()
    list(open_video(io.BytesIO(content), name)[1])
    for part in (0.1, 0.5, 0.9, 0.99):
        assert "truncated" in fails(content[: int(len(content) * part)])


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


def with_sound(path: Path, frames: list[Any], codec: str = "libx264", cover: bool = False) -> Path:
    """Write a second of silence for each picture, ten to a second: the sound lasts longer."""
    with av.open(str(path), "w") as output:
        sound = output.add_stream("aac", rate=16000)
        pictures = output.add_stream(codec, rate=10, options=ONE_KEY) if frames else None
        if pictures is not None:
            pictures.width, pictures.height = SIZE
            pictures.pix_fmt, pictures.gop_size = ("yuvj420p" if cover else "yuv420p"), 10000
            pictures.disposition = av.stream.Disposition.attached_pic if cover else pictures.disposition
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 16000
        for number, frame in enumerate(frames or [None]):
            if pictures is not None:
                output.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            silence.pts = number * 16000
            output.mux(sound.encode(silence))
        for stream in output.streams:
            output.mux(stream.encode(None))
    return path


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


def test_a_drive_that_fails_is_not_the_fault_of_the_video(three: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if size is not None and size > 1000:  # the headers can still be read
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(UnreachablePicture, match="Input/output"):
        list(open_video(Failing(three.read_bytes()), "a.mp4")[1])


def test_too_many_pixels(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert "more pixels" in fails(three.read_bytes())


def test_moments_come_one_by_one_and_can_be_left(three: Path) -> None:
    with three.open("rb") as source:
        moments = open_video(source, "a.mp4")[1]
        assert isinstance(moments, Iterator)
        assert colour(next(moments)) == RED
        moments.close()  # type: ignore[attr-defined]
        assert not source.closed


def test_without_the_extra(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert "pip install 'clipsearch[video]'" in fails(three.read_bytes())


def test_importing_loads_no_decoder_and_reading_prints_nothing(three: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.mp4"
    broken.write_bytes(three.read_bytes()[:4000])
    code = f"""
import io, sys, indexer.video.moments as video
assert "av" not in sys.modules
for path in {[str(three), str(broken)]}:
    try:
        list(video.open_video(open(path, "rb"), path)[1])
    except video.PictureError:
        pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
