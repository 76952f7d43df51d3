"""The crop and the turns of an AVIF, in their order: Pillow does not crop, and knows one order of turns.

ISO/IEC 23008-12, section 6.5: clap (14496-12, 12.1.4), irot, imir. libheif does all of this for HEIC.
"""

from __future__ import annotations

import struct
from fractions import Fraction

from PIL import Image

from indexer.colour.heif_boxes import Box

ROTATIONS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
MIRRORS = (Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)
PILLOWS_ORDER: tuple[list[bytes], ...] = ([], [b"irot"], [b"imir"], [b"irot", b"imir"])


def turned(image: Image.Image, boxes: list[Box]) -> Image.Image | None:
    """Return a decoded picture cropped and upright; None if Pillow has said all with its orientation."""
    steps = [box for box in boxes if box.kind in (b"clap", b"irot", b"imir")]
    if [box.kind for box in steps] in PILLOWS_ORDER:
        return None
    result = image
    for box in steps:
        result = _step(result, box)
    result.info = image.info
    result.format = image.format
    return result


def _step(image: Image.Image, box: Box) -> Image.Image:
    """Crop or turn; what makes no sense is left out."""
    if box.kind == b"clap":
        area = _clean_aperture(box.content, image.size)
        return image.crop(area) if area else image
    value = box.content[0] if box.content else 0
    turn = ROTATIONS[value & 3] if box.kind == b"irot" else MIRRORS[value & 1]
    return image if turn is None else image.transpose(turn)


def _clean_aperture(content: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the part that is to be seen; None if it is not within the picture."""
    if len(content) < 32:
        return None
    numbers = struct.unpack(">IIIIiIiI", content[:32])
    if 0 in numbers[1::2]:
        return None
    width, height, right, down = (Fraction(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True))
    left, top = (size[0] - width) / 2 + right, (size[1] - height) / 2 + down
    area = round(left), round(top), round(left + width), round(top + height)
    inside = 0 <= area[0] < area[2] <= size[0] and 0 <= area[1] < area[3] <= size[1]
    return area if inside else None
