"""HEIF and AVIF files with other properties than their writers give them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset < len(content):
        length, kind = struct.unpack_from(">I4s", content, offset)
        yield kind, content[offset + 8 : offset + length]
        offset += length


def clap(width: int, height: int, right: int = 0, down: int = 0) -> tuple[bytes, bytes]:
    """Return a crop: its size, and twice how far its centre is from the picture's."""
    return b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, right, 2, down, 2)


def irot(quarters: int) -> tuple[bytes, bytes]:
    return b"irot", bytes([quarters])


def imir(axis: int) -> tuple[bytes, bytes]:
    return b"imir", bytes([axis])


def with_properties(
    file: io.BytesIO, properties: list[tuple[bytes, bytes]], item: int = 1, more: bytes = b""
) -> io.BytesIO:
    """Return a file with these properties added to an item, behind those that it has, and more boxes in `meta`."""
    top = list(boxes(file.getvalue()))
    old = dict(top)[b"meta"]
    new = _meta(old, properties, item, 0) + more
    new = _meta(old, properties, item, len(new) - len(old)) + more
    return io.BytesIO(b"".join(box(kind, new if kind == b"meta" else content) for kind, content in top))


def _meta(meta: bytes, properties: list[tuple[bytes, bytes]], item: int, moved: int) -> bytes:
    """Return the box meta with more properties, and with its offsets into the file moved."""
    parts = dict(boxes(meta[4:]))
    parts[b"iprp"] = _item_properties(parts[b"iprp"], properties, item)
    parts[b"iloc"] = _moved(parts[b"iloc"], moved)
    return meta[:4] + b"".join(box(kind, content) for kind, content in parts.items())


def _item_properties(content: bytes, properties: list[tuple[bytes, bytes]], item: int) -> bytes:
    parts = dict(boxes(content))
    known = len(list(boxes(parts[b"ipco"])))
    parts[b"ipco"] += b"".join(box(kind, value) for kind, value in properties)
    ipma = parts[b"ipma"]
    (entries,) = struct.unpack_from(">I", ipma, 4)
    offset, rebuilt = 8, ipma[:8]
    for _ in range(entries):
        number, count = struct.unpack_from(">HB", ipma, offset)
        associations = ipma[offset + 3 : offset + 3 + count]
        if number == item:
            associations += bytes(0x80 | (known + 1 + index) for index in range(len(properties)))
        rebuilt += struct.pack(">HB", number, len(associations)) + associations
        offset += 3 + count
    return b"".join(box(kind, rebuilt if kind == b"ipma" else value) for kind, value in parts.items())


def _moved(iloc: bytes, moved: int) -> bytes:
    """Return iloc (version 0 or 1, offsets of 4 bytes) with the offsets of what is in the file moved."""
    rebuilt, version, offset = bytearray(iloc), iloc[0], 8
    base = iloc[5] >> 4
    assert iloc[4] == 0x44 and base in (0, 4)
    for _ in range(struct.unpack_from(">H", iloc, 6)[0]):
        method = struct.unpack_from(">H", iloc, offset + 2)[0] if version else 0
        offset += 6 if version else 4
        if base and method == 0 and struct.unpack_from(">I", iloc, offset)[0]:
            struct.pack_into(">I", rebuilt, offset, struct.unpack_from(">I", iloc, offset)[0] + moved)
            moves_extents = False
        else:
            moves_extents = method == 0
        offset += base
        (extents,) = struct.unpack_from(">H", iloc, offset)
        offset += 2
        for _ in range(extents):
            if moves_extents:
                struct.pack_into(">I", rebuilt, offset, struct.unpack_from(">I", iloc, offset)[0] + moved)
            offset += 8
    return bytes(rebuilt)
