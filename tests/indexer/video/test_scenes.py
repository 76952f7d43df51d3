"""Tests of indexer.video.scenes: which frames become moments."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.video import scenes as video_scenes
from tests.indexer.video.writing import BLACK, BLUE, GREEN, RED, SIZE, colour, read, scene, seconds, write


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


def test_a_long_video_has_no_more_than_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_scenes, "MOST_SCENES", 20)
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 255, (400, 2, 2, 3), np.uint8)
    frames = [np.asarray(Image.fromarray(pixels).resize((64, 64), 0)) for pixels in noise]
    path = write(tmp_path / "a.mp4", frames, Fraction(1, 5), key_every=1)
    moments = read(path)[1]
    assert 15 <= len(moments) <= 21
    assert moments[-1].at_ms > 1_900_000
    live = write(tmp_path / "a.mkv", frames, Fraction(1, 5), key_every=1, container={"live": "1"})
    assert 40 < len(read(live)[1]) < 150  # states no duration
