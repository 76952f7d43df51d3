"""What a PNG's chunks before its pixels say, read past the library: it keeps only some of it, and not all versions do.

PNG Specification (Third Edition), sections 4.3, 5.3 and 11.3.2.
"""

from __future__ import annotations

from typing import BinaryIO

from indexer.colour import description, primaries, transfer
from indexer.colour.description import ColourDescription
from indexer.colour.primaries import Primaries

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 64  # bytes: of the chunks that are wanted, only the start of iCCP is longer
MOST_CHUNKS = 1000  # before the pixels
HDR_PROFILE = b"ITUR_2100_PQ_FULL\0"  # W3C Note "Using the ITU BT.2100 PQ EOTF with the PNG Format"


def head_chunks(source: BinaryIO) -> dict[bytes, bytes]:
    """Return the first chunk of each kind before the pixels, each cut to LARGEST bytes; empty if it is no PNG."""
    source.seek(0)
    chunks: dict[bytes, bytes] = {}
    if source.read(8) != SIGNATURE:
        return chunks
    for _ in range(MOST_CHUNKS):
        head = source.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind in (b"IDAT", b"IEND", b"fdAT"):
            break
        content = source.read(min(length, LARGEST))
        source.seek(length - len(content) + 4, 1)
        chunks.setdefault(kind, content)
    return chunks


def above_icc(chunks: dict[bytes, bytes]) -> ColourDescription | None:
    """Return the colours that count more than an ICC profile: cICP's, and those that a profile only names."""
    told = chunks.get(b"cICP", b"")
    if len(told) == 4 and told[2] == 0:  # samples of red, green and blue
        return description.from_code_points(told[0], told[1], narrow=told[3] == 0)
    if chunks.get(b"iCCP", b"").startswith(HDR_PROFILE):
        return ColourDescription(primaries.BT2020, transfer.PQ)
    return None


def below_icc(chunks: dict[bytes, bytes]) -> ColourDescription | None:
    """Return the colours that count without a usable ICC profile: sRGB's, else those of gAMA and cHRM."""
    if b"sRGB" in chunks:
        return description.SRGB
    curve = _gamma(chunks.get(b"gAMA", b""))
    if curve is None:
        return None  # chromaticities without a curve say little (12.2)
    return ColourDescription(_chromaticities(chunks.get(b"cHRM", b"")) or primaries.SRGB, curve)


def _gamma(content: bytes) -> transfer.Transfer | None:
    """Return the curve that gAMA's exponent of encoding stands for."""
    encoding = int.from_bytes(content, "big") / 100_000 if len(content) == 4 else 0.0
    return transfer.near_gamma(1 / encoding) if encoding else None


def _chromaticities(content: bytes) -> Primaries | None:
    """Return cHRM's primaries: white, red, green, blue."""
    if len(content) != 32:
        return None
    numbers = [int.from_bytes(content[at : at + 4], "big", signed=True) / 100_000 for at in range(0, 32, 4)]
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    return primaries.sensible(Primaries(red, green, blue, white))
