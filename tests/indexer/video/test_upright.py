"""Tests of indexer.video.upright."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import LARGEST_RATIO
from tests.indexer.colour.making import TO_BT2020, Array, hlg, in_bits, light_of, pq, srgb, with_matrix
from tests.indexer.colour.making import scene as picture_of
from tests.indexer.video.writing import RED, SIZE, av, fails, read, scene, write


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


def test_too_many_pixels(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert "more pixels" in fails(three.read_bytes())


def test_only_the_middle_of_a_thin_frame(tmp_path: Path) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 0.5, size=(640, 16))))
    assert (what.width, what.height, moments[0].image.size) == (640, 16, (16 * LARGEST_RATIO, 16))


# matrices, primaries and curves of H.273; how cd/m2 (white at 203) become values
HDR = {"PQ": (9, 16, pq), "HLG": (9, 18, hlg)}


def high_dynamic_range(path: Path, primary: int, curve: int, encode: Callable[[Array], Array]) -> Path:
    """Write a video in 10 bits that tells BT.2020 and a curve."""
    picture = picture_of(*SIZE)
    values = in_bits(encode(with_matrix(light_of(picture), TO_BT2020) * 203))
    with av.open(str(path), "w") as output:
        stream = output.add_stream(
            "libx265", rate=10, options={"preset": "ultrafast", "x265-params": "log-level=0:crf=8"}
        )
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv444p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = primary, curve, 9, 1
        for _ in range(12):
            frame = av.VideoFrame.from_ndarray(values, format="rgb48le")
            frame.color_primaries, frame.color_trc = primary, curve
            output.mux(stream.encode(frame.reformat(format="yuv444p10le", dst_colorspace=9, dst_color_range=1)))
        output.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("smallest", [None, 24])
@pytest.mark.parametrize("name", HDR)
def test_hdr_is_tone_mapped(tmp_path: Path, name: str, smallest: int | None) -> None:
    shown = read(high_dynamic_range(tmp_path / "a.mp4", *HDR[name]), smallest)[1][0].image
    expected = Image.fromarray(picture_of(*SIZE)).resize(shown.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(shown, dtype=float) - np.asarray(expected)).mean() <= 4


def test_wide_primaries_are_followed(tmp_path: Path) -> None:
    def as_srgb(luminance: Array) -> Array:
        return srgb(luminance / 203)

    shown = read(high_dynamic_range(tmp_path / "a.mp4", 9, 14, as_srgb))[1][0].image
    assert np.abs(np.asarray(shown, dtype=float) - picture_of(*SIZE)).mean() <= 4
    unmarked = read(high_dynamic_range(tmp_path / "b.mp4", 2, 2, as_srgb))[1][0].image
    assert np.abs(np.asarray(unmarked, dtype=float) - picture_of(*SIZE)).mean() > 8
