"""The ICC profile of a JPEG 2000 file, which Pillow does not read: ISO/IEC 15444-1, annex I.5.3.3 (the box `colr`)."""

from __future__ import annotations

from typing import BinaryIO

from indexer.colour.heif_boxes import content_of, inner_boxes

RESTRICTED, ANY = 2, 3  # methods: a matrix or grey profile; any profile (JPX)


def jp2_profile(source: BinaryIO) -> bytes | None:
    """Return the profile; None if the file has none, or names a colour space."""
    try:
        header = content_of(source, b"jp2h")
    except (ValueError, OverflowError, OSError):
        return None
    for kind, content in inner_boxes(header or b""):
        if kind == b"colr" and content[:1] in (bytes([RESTRICTED]), bytes([ANY])):
            return content[3:]
    return None
