"""What decoding a file gives besides pixels: the facts of each picture, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Frame:
    """The facts of a picture, or of one moment of a video: all but its pixels."""

    file: FoundFile  # with the signature of the bytes that were decoded
    digest: bytes
    width: int
    height: int
    format: str
    metadata: Metadata
    at_ms: int = 0
    last: bool = True  # frame of its file
    read_seconds: float = 0.0
    decode_seconds: float = 0.0
    perceptual_hash: bytes | None = None  # of stills only
    note: str | None = None  # what of the file could not be read, though its pixels could
    thumbnail: bool | None = None  # whether a small picture is kept now; None if none is wanted


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be decoded."""

    file: FoundFile
    reason: str
    lasting: bool  # the file itself is bad; else another try may succeed
