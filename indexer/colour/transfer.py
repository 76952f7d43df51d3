"""From a sample's value to light: the curves that files name.

Of the curves for video (BT.709 and its kin) the inverse of the camera's curve is taken, as colour management does
for stills, not a television's gamma of 2.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from indexer.arrays import FloatArray

Kind = Literal["srgb", "gamma", "bt709", "smpte240", "pq", "hlg", "table"]
MOST_GAMMA = 4.0
LIKE_SRGB = 0.02  # how far an exponent may be from 2.2

# SMPTE ST 2084, also Rec. ITU-R BT.2100 table 4
PQ_M1, PQ_M2, PQ_C1, PQ_C2, PQ_C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
PQ_PEAK = 10_000.0  # cd/m2
HLG_A, HLG_B, HLG_C = 0.17883277, 0.28466892, 0.55991073  # BT.2100 table 5


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer function: which kind, and what it needs."""

    kind: Kind
    gamma: float = 1.0  # light = value ** gamma
    table: tuple[tuple[float, ...], ...] = ()  # light at evenly spaced values: of all channels, or of each of three

    @property
    def is_hdr(self) -> bool:
        """Whether the samples reach beyond the white of a page."""
        return self.kind in ("pq", "hlg")


SRGB, BT709, PQ, HLG = Transfer("srgb"), Transfer("bt709"), Transfer("pq"), Transfer("hlg")
LINEAR = Transfer("gamma", 1.0)
# Rec. ITU-T H.273, table 3: TransferCharacteristics; 2 is unspecified, 9 and 10 (logarithmic) are not in use
CODE_POINTS = {
    1: BT709,
    4: Transfer("gamma", 2.2),
    5: Transfer("gamma", 2.8),
    6: BT709,
    7: Transfer("smpte240"),
    8: LINEAR,
    11: BT709,
    12: BT709,
    13: SRGB,
    14: BT709,
    15: BT709,
    16: PQ,
    17: Transfer("gamma", 2.6),
    18: HLG,
}


def gamma(exponent: float) -> Transfer | None:
    """Return the curve value ** exponent; None if the exponent makes no sense."""
    return Transfer("gamma", exponent) if 1 / MOST_GAMMA <= exponent <= MOST_GAMMA else None


def near_gamma(exponent: float) -> Transfer | None:
    """Return the curve that a file's rounded exponent stands for: about 2.2 for sRGB's, as PNG, 11.3.2.2, has it."""
    return SRGB if abs(exponent / 2.2 - 1) < LIKE_SRGB else gamma(exponent)


def to_light(values: FloatArray, transfer: Transfer, channel: int = 0) -> FloatArray:
    """Return the light of samples of 0..1: 1 is white, of PQ PQ_PEAK; of HLG it is the scene's light, 0..1."""
    if transfer.kind == "gamma":
        light = np.power(values, transfer.gamma)
    elif transfer.kind == "table":
        table = transfer.table[channel % len(transfer.table)]
        light = np.interp(values, np.linspace(0, 1, len(table)), table)
    else:
        light = CURVES[transfer.kind](values)
    return light.astype(np.float32)


def srgb_value(light: FloatArray) -> FloatArray:
    """Return the sRGB value 0..1 of light 0..1 (IEC 61966-2-1)."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055).astype(np.float32)


def pq_value(luminance: FloatArray) -> FloatArray:
    """Return the PQ value 0..1 of cd/m2."""
    power = np.power(np.maximum(luminance, 0) / PQ_PEAK, PQ_M1)
    return np.power((PQ_C1 + PQ_C2 * power) / (1 + PQ_C3 * power), PQ_M2).astype(np.float32)


def _srgb(values: FloatArray) -> FloatArray:
    return np.where(values <= 0.04045, values / 12.92, np.power((values + 0.055) / 1.055, 2.4))


def _bt709(values: FloatArray) -> FloatArray:
    return np.where(values < 0.081, values / 4.5, np.power((values + 0.099) / 1.099, 1 / 0.45))


def _smpte240(values: FloatArray) -> FloatArray:
    return np.where(values < 0.0913, values / 4, np.power((values + 0.1115) / 1.1115, 1 / 0.45))


def _pq(values: FloatArray) -> FloatArray:
    power = np.power(values, 1 / PQ_M2)
    return np.power(np.maximum(power - PQ_C1, 0) / (PQ_C2 - PQ_C3 * power), 1 / PQ_M1)


def _hlg(values: FloatArray) -> FloatArray:
    return np.where(values <= 0.5, np.square(values) / 3, (np.exp((values - HLG_C) / HLG_A) + HLG_B) / 12)


CURVES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "srgb": _srgb,
    "bt709": _bt709,
    "smpte240": _smpte240,
    "pq": _pq,
    "hlg": _hlg,
}
