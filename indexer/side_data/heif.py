"""HEIF and AVIF (ISO/IEC 23008-12): items, of which those for EXIF and XMP are side data."""

from __future__ import annotations

import re
from collections.abc import Iterator

BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1")
# An item's entry: its box, version and flags, number, protection, and type.
ITEM = re.compile(rb"infe(?:\x02.{3}.{2}|\x03.{3}.{4}).{2}(Exif|mime)", re.DOTALL)
DESCRIPTIONS = re.compile(rb"colr(?=.{4})|pixi(?=\0{4})", re.DOTALL)  # boxes of colours and bits
GRIDS = re.compile(rb"dimg|auxl")  # references without which there is no picture
UNKNOWN = b"none"  # an item's type that every reader passes over


def is_heif(content: bytes) -> bool:
    """Return whether a file that starts like this is HEIF or AVIF."""
    length = int.from_bytes(content[:4], "big")
    return content[4:8] == b"ftyp" and any(brand in content[8 : min(length, 256)] for brand in BRANDS)


def heif_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file with EXIF and XMP under a type that no reader knows, so that no offset changes.

    Then also without what is said of the colours, and without which item describes which.
    """
    file = bytearray(content)
    for match in ITEM.finditer(content):
        file[match.start(1) : match.end(1)] = UNKNOWN
    yield bytes(file)
    for match in DESCRIPTIONS.finditer(content):
        file[match.start() : match.end()] = b"free"
    yield bytes(file if GRIDS.search(content) else file.replace(b"iref", b"free"))
