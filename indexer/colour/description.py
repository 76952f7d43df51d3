"""What a file says of its colours: which primaries, which curve, which range."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.colour import primaries, transfer
from indexer.colour.primaries import Primaries
from indexer.colour.transfer import Transfer


@dataclass(frozen=True, slots=True)
class ColourDescription:
    """The colour space of samples."""

    primaries: Primaries = primaries.SRGB
    transfer: Transfer = transfer.SRGB
    narrow: bool = False  # black is at 16 and white at 235 of 255


SRGB = ColourDescription()
ADOBE_RGB = ColourDescription(primaries.ADOBE_RGB, Transfer("gamma", 563 / 256))  # Adobe RGB (1998), 4.3.1.2


def from_code_points(primary: int, curve: int, narrow: bool = False) -> ColourDescription | None:
    """Return what two code points of Rec. ITU-T H.273 say (in nclx, cICP); None if they say nothing.

    Where only one of them is known, the other is as in sRGB; HDR without primaries has BT.2020's.
    """
    known, transferred = primaries.CODE_POINTS.get(primary), transfer.CODE_POINTS.get(curve)
    if known is None and transferred is None:
        return None
    if known is None:
        known = primaries.BT2020 if transferred is not None and transferred.is_hdr else primaries.SRGB
    return ColourDescription(known, transferred or transfer.SRGB, narrow)
