"""JPEG's pixels by libjpeg-turbo, at a fraction of the size, and with its own word on damage.

Pillow decodes with the same library, but drops its warnings: a hole of zeroes in the middle of a file gives a picture
whose lower half is garbage. Here a warning about the data is a failure. What only looks like one is not: a file that
lacks nothing but the marker at its end, bytes that a camera put before that marker, odd version numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import Image

from indexer.errors import PictureError
from indexer.side_data.jpeg import frame_of, has_hole

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

    Samples = NDArray[uint8]

END = b"\xff\xd9"
INKS = ("CMYK", "YCCK")
MODES = {
    "Gray": "GRAY",
    "YCbCr": "RGB",
    "RGB": "RGB",
    "CMYK": "CMYK",
    "YCCK": "CMYK",
}  # from the file's colours to the ones asked for
TRUNCATED = "the file is truncated"
NO_END = "Premature end of JPEG file"
DAMAGE = re.compile("Corrupt JPEG data: (.*)")
EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
FEW = 4  # bytes before the end marker that say nothing of the picture
FLAT = 16  # bytes of the same value in a row, which a picture's own data hardly have
MOST_ODDITIES = 3  # of one file
HARMLESS = ("Warning", "Invalid SOS parameters", "Unknown Adobe color")
# Processes of ITU-T T.81, table B.1, that hardly any program writes and libjpeg-turbo does not read.
UNREADABLE = {0xC3: "a lossless JPEG", 0xCB: "a lossless JPEG with arithmetic coding", 0xF7: "a JPEG-LS picture"}
ARITHMETIC = (0xC9, 0xCA)
UNREADABLE |= dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF), "a hierarchical JPEG")


def decode_jpeg(content: bytes, smallest: int | None) -> Image.Image | None:
    """Return the samples (L, RGB or CMYK), the shorter side of at least 2 * smallest pixels where the picture's is.

    Returns None for what this decoder has no name for, such as some subsamplings. Raises PictureError if the file is
    truncated or damaged, and says which kind of JPEG can't be read.
    """
    import simplejpeg

    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content, strict=False)
    except (ValueError, KeyError) as error:  # such as a subsampling that it has no name for
        if kind := unreadable_kind(content):
            raise PictureError(kind) from error
        return None
    if colours not in MODES:
        return None
    factor = _factor(min(width, height), smallest)
    samples = _decoded(content, MODES[colours], factor, -(-height // factor), -(-width // factor))
    if has_hole(content):
        raise PictureError("damaged: a part of the picture is zeroes")
    if samples is None:
        return None
    if colours in INKS:  # which all programs write inverted, as Adobe's do
        return Image.frombytes("CMYK", samples.shape[1::-1], (255 - samples).tobytes())
    return Image.fromarray(samples[..., 0] if samples.shape[-1] == 1 else samples)


def _factor(side: int, smallest: int | None) -> int:
    """Return the largest of 8, 4, 2 and 1 that leaves enough of a side."""
    wanted = 2 * smallest if smallest else side
    return next(factor for factor in (8, 4, 2, 1) if side >= factor * wanted or factor == 1)


def _decoded(content: bytes, colours: str, factor: int, height: int, width: int) -> Samples | None:
    """Decode strictly; of what is odd but harmless, without that. None if the warning is of nothing that matters."""
    import simplejpeg

    ends = True
    for _ in range(MOST_ODDITIES):
        try:
            samples: Samples = simplejpeg.decode_jpeg(
                content, colours, min_factor=factor, min_height=height, min_width=width
            )
            return samples
        except ValueError as error:
            message = str(error)
        if message.startswith(NO_END) and ends and not _is_arithmetic(content):
            content, ends = content + END, False
        elif (without := _without_padding(content, message)) is not None:
            content = without
        elif message.startswith(HARMLESS):
            return None
        else:
            kind = unreadable_kind(content)
            raise PictureError(kind or (_reason(message) if ends else TRUNCATED))
    return None


def _without_padding(content: bytes, message: str) -> bytes | None:
    """Return the file without the bytes before its end marker that the decoder found too many; None if they matter."""
    extraneous = EXTRANEOUS.search(message)
    end = content.rfind(END)
    if extraneous is None or end < 0:
        return None
    start = max(0, end - int(extraneous[1]))
    padding, before = content[start:end], content[max(0, start - FLAT) : start]
    # Zeroes in place of the rest of a file are decoded too, so there are more of them before those that are left over.
    is_padding = len(set(padding)) == 1 and set(before) != set(padding)
    return content[:start] + content[end:] if len(padding) <= FEW or is_padding else None


def _reason(message: str) -> str:
    """Return what a message of the decoder means."""
    if message.startswith(NO_END):
        return TRUNCATED
    if damage := DAMAGE.match(message):
        return f"damaged: a part of the picture can't be decoded ({damage[1]})"
    if "memory" in message.lower():
        return "too large for the memory of this machine"
    return f"damaged: the picture can't be decoded ({message})"


def _is_arithmetic(content: bytes) -> bool:
    """Return whether a JPEG has arithmetic coding, whose decoder takes missing data for zeroes without a word."""
    frame = frame_of(content)
    return frame is not None and frame.marker in ARITHMETIC


def unreadable_kind(content: bytes) -> str | None:
    """Say which kind of JPEG a file is, if it is one that can't be read."""
    frame = frame_of(content)
    if frame is not None and frame.precision != 8:
        return f"a JPEG of {frame.precision} bits a sample, which can't be read here"
    kind = UNREADABLE.get(frame.marker) if frame else None
    return kind and f"{kind}, which can't be read here"
