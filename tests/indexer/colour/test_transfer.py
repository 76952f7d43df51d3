"""Tests of indexer.colour.transfer, by values that the standards name."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.colour import transfer
from indexer.colour.transfer import PQ_PEAK, Transfer, to_light
from tests.indexer.colour.making import bt709, pq, srgb


def light(value: float, curve: Transfer) -> float:
    return float(to_light(np.float32([value]), curve)[0])


@pytest.mark.parametrize(
    ("value", "luminance", "tolerance"),
    # Rec. ITU-R BT.2408-7, table 1 (in per cent of the signal): grey card, reference white; BT.2100: the peaks
    [(0.0, 0, 0.001), (0.38, 26, 1), (0.58, 203, 3), (0.7518, 1000, 2), (0.9026, 4000, 8), (1.0, 10_000, 1)],
)
def test_pq(value: float, luminance: float, tolerance: float) -> None:
    assert light(value, transfer.PQ) * PQ_PEAK == pytest.approx(luminance, abs=tolerance)
    assert float(transfer.pq_value(np.float32([luminance]))[0]) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(("value", "scene_light"), [(0, 0), (0.5, 1 / 12), (0.75, 0.2650), (1, 1)])
def test_hlg(value: float, scene_light: float) -> None:
    assert light(value, transfer.HLG) == pytest.approx(scene_light, abs=0.0005)


@pytest.mark.parametrize("curve", [1, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18])
def test_every_curve_rises_from_black_to_white(curve: int) -> None:
    values = to_light(np.linspace(0, 1, 1024, dtype=np.float32), transfer.CODE_POINTS[curve])
    assert values[0] == pytest.approx(0, abs=1e-6) and values[-1] == pytest.approx(1, abs=1e-3)
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize(
    ("curve", "encode"),
    [(1, bt709), (6, bt709), (14, bt709), (13, srgb), (16, lambda x: pq(x * 10_000)), (8, np.asarray)],
)
def test_curves_undo_what_cameras_do(curve: int, encode: object) -> None:
    assert callable(encode)
    values = np.linspace(0, 1, 99)
    assert to_light(encode(values).astype(np.float32), transfer.CODE_POINTS[curve]) == pytest.approx(values, abs=2e-3)


def test_a_table_of_each_channel() -> None:
    curve = Transfer("table", table=((0.0, 0.1, 1.0), (0.0, 0.2, 1.0), (0.0, 0.3, 1.0)))
    lights = [float(to_light(np.float32([0.5]), curve, channel)[0]) for channel in range(3)]
    assert lights == pytest.approx([0.1, 0.2, 0.3])
    assert float(to_light(np.float32([0.25]), curve, 0)[0]) == pytest.approx(0.05)


@pytest.mark.parametrize("exponent", [0.0, 0.1, 9.0, float("nan"), float("inf"), -1.0])
def test_gammas_that_make_no_sense(exponent: float) -> None:
    assert transfer.gamma(exponent) is None
