"""From a decoded frame to an upright sRGB picture with square pixels, reduced to a useful size.

HDR is tone-mapped, each frame by itself, and wide primaries are followed. The curves of SDR are taken as sRGB's, as
players do nearly.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from indexer.colour import primaries
from indexer.colour.conversion import srgb_samples
from indexer.colour.description import ColourDescription, from_code_points
from indexer.decoding.decode import middle_if_thin
from indexer.errors import PictureError

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream

# By the signs of the display matrix (a, b, c, d), which maps the point (x, y) to (ax + cy, bx + dy).
TURNS = {
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
SIDEWAYS = frozenset(turn for (a, *_), turn in TURNS.items() if a == 0)
UNMARKED = 2  # FFmpeg's AVCOL_SPC_UNSPECIFIED, also of curves and primaries; these are the code points of H.273
WIDE = (9, 11, 12)  # primaries: BT.2020, DCI-P3, Display P3
HIGH_DEFINITION = 720  # lines


class FrameConverter:
    """Converts the frames of one video to pictures."""

    def __init__(self, stream: VideoStream, smallest: int | None) -> None:
        from av.video.reformatter import Colorspace, VideoReformatter

        self.reformatter = VideoReformatter()  # one for all frames: it keeps its tables
        self.colourspace = Colorspace
        self.aspect = _pixel_aspect(stream)
        self.decoder = stream.codec_context
        self.smallest = smallest

    def size(self, frame: VideoFrame) -> tuple[int, int]:
        """Return width and height, upright and with square pixels."""
        width, height = self._square(frame)
        return (height, width) if _turn(frame) in SIDEWAYS else (width, height)

    def picture(self, frame: VideoFrame) -> Image.Image:
        """Reduce, convert and turn; of a very thin frame only the middle."""
        width, height = self._square(frame)
        if self.smallest is not None:
            scale = min(1.0, 2 * self.smallest / min(width, height))
            width, height = math.ceil(width * scale), math.ceil(height * scale)
        # FFmpeg assumes standard definition for unmarked video; unmarked high definition is BT.709 in practice.
        unmarked = frame.colorspace == UNMARKED and frame.height >= HIGH_DEFINITION
        colours = self.colourspace.ITU709 if unmarked else None
        described = self._described(frame)
        if frame.colorspace == UNMARKED and described is not None and described.transfer.is_hdr:
            colours = self.colourspace.BT2020
        kind = "rgb24" if described is None else "rgb48le"
        small: Any = self.reformatter.reformat(frame, width, height, kind, colours, interpolation="AREA")
        if described is None:
            image: Image.Image = small.to_image()
        else:
            image = Image.fromarray(srgb_samples(small.to_ndarray(), described))
        turn = _turn(frame)
        return middle_if_thin(image if turn is None else image.transpose(turn))

    def _described(self, frame: VideoFrame) -> ColourDescription | None:
        """Return what a frame, or else its stream, says of its colours; None for sRGB and what is near to it."""
        curve, primary = (
            int(getattr(frame, name, getattr(self.decoder, name, UNMARKED)))
            for name in ("color_trc", "color_primaries")
        )
        described = from_code_points(primary, curve)
        if described is not None and described.transfer.is_hdr:
            return described
        return ColourDescription(primaries.CODE_POINTS[primary]) if primary in WIDE else None

    def _square(self, frame: VideoFrame) -> tuple[int, int]:
        """Return width and height with square pixels, before turning."""
        if frame.width * frame.height > (Image.MAX_IMAGE_PIXELS or math.inf):
            raise PictureError("more pixels than Pillow's limit against decompression bombs allows")
        return max(1, round(frame.width * self.aspect)), frame.height


def _pixel_aspect(stream: VideoStream) -> float:
    """Return the width of a pixel by its height; impossible ratios count as square."""
    aspect = float(stream.sample_aspect_ratio or 1)
    return aspect if 0.2 <= aspect <= 5 else 1.0


def _turn(frame: VideoFrame) -> Image.Transpose | None:
    """Return the turn that brings a frame upright, from its display matrix: 16.16 numbers, native byte order."""
    side_data: Any = frame.side_data  # PyAV's stubs know of motion vectors only
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return None
    numbers = np.frombuffer(bytes(matrix), np.int32)
    a, b, c, d = (round(float(numbers[index]) / 65536) for index in (0, 1, 3, 4))
    return TURNS.get((a, b, c, d))
