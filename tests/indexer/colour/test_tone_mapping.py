"""Tests of indexer.colour.tone_mapping."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.colour import tone_mapping, transfer
from indexer.colour.tone_mapping import WHITE, displayed, peak_of


def grey(levels: list[float]) -> FloatArray:
    return np.repeat(np.asarray(levels, dtype=np.float32)[None, :, None], 3, axis=-1)


def tone_mapped(luminance: FloatArray) -> FloatArray:
    return tone_mapping.tone_mapped(luminance, peak_of(luminance))


def test_what_is_no_brighter_than_paper_stays() -> None:
    levels = [0.0, 1.0, 20.0, 101.5, 203.0]
    assert tone_mapped(grey(levels))[0, :, 0] == pytest.approx(np.array(levels) / WHITE, abs=1e-6)


@pytest.mark.parametrize("peak", [300.0, 600.0, 1000.0, 4000.0, 10_000.0])
def test_highlights_are_pressed_together(peak: float) -> None:
    levels = np.concatenate([np.geomspace(0.1, peak, 400), np.full(20, peak)])
    mapped = tone_mapped(grey(levels.tolist()))[0, :, 0]
    assert (np.diff(mapped) >= -1e-5).all(), "what is brighter stays brighter"
    assert mapped[-1] == pytest.approx(1, abs=0.01)
    assert mapped[levels < 20] == pytest.approx(levels[levels < 20] / WHITE, rel=0.02), "shadows stay"
    paper = float(np.interp(WHITE, levels, mapped))
    assert 0.3 < paper < 1, "there is room above paper"


def test_hues_stay() -> None:
    picture = np.float32([[[1000, 250, 100]] * 50])
    mapped = tone_mapped(picture)[0, 0]
    assert mapped / mapped.max() == pytest.approx([1, 0.25, 0.1], abs=0.001)


def test_a_few_sparks_do_not_darken_the_picture() -> None:
    levels = [100.0] * 5000 + [10_000.0] * 3
    assert tone_mapped(grey(levels))[0, 0, 0] == pytest.approx(100 / WHITE, abs=0.001)
    assert tone_mapped(grey(levels))[0, -1, 0] == 1


@pytest.mark.parametrize(("value", "luminance"), [(0.75, 203), (1.0, 1000), (0.38, 26)])  # BT.2408-7, table 1
def test_hlg_on_its_display(value: float, luminance: float) -> None:
    light = transfer.to_light(np.full((1, 1, 3), value, np.float32), transfer.HLG)
    assert displayed(light, transfer.HLG)[0, 0] == pytest.approx([luminance] * 3, rel=0.03)


def test_nothing_at_all() -> None:
    assert tone_mapped(np.zeros((0, 0, 3), np.float32)).shape == (0, 0, 3)
    assert not tone_mapped(np.zeros((4, 4, 3), np.float32)).any()
