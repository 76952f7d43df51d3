"""The tag `cicp` of an ICC profile: it says HDR where LittleCMS, which does not know it, would show a dark picture.

ICC.1:2022, sections 7.3 (the table of tags) and 9.2.17, 10.3.
"""

from __future__ import annotations

import struct

from indexer.colour.description import ColourDescription, from_code_points

TABLE, MOST_TAGS = 128, 100  # where the table of tags starts; a profile has some 20


def described(profile: object) -> ColourDescription | None:
    """Return what the tag says if that is HDR, else None: LittleCMS does all other profiles well."""
    if not isinstance(profile, bytes) or len(profile) < TABLE + 4:
        return None
    (count,) = struct.unpack_from(">I", profile, TABLE)
    for at in range(TABLE + 4, min(TABLE + 4 + 12 * min(count, MOST_TAGS), len(profile) - 11), 12):
        tag, offset, _ = struct.unpack_from(">4sII", profile, at)
        content = profile[offset : offset + 12]
        if tag == b"cicp" and content.startswith(b"cicp") and len(content) == 12:
            colours = from_code_points(content[8], content[9])
            return colours if colours is not None and colours.transfer.is_hdr else None
    return None
