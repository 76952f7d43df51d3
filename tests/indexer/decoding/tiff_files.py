"""TIFFs of any tags, written here."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMATS = {1: "B", 3: "H", 4: "I", 11: "f"}
SHORT, LONG = 3, 4


@dataclass
class Page:
    """A directory: samples (height, width) or (height, width, channels) as stored, and tags of whole numbers."""

    samples: NDArray[Any]
    tags: dict[int, Any] = field(default_factory=dict)
    below: list[Page] = field(default_factory=list)
    packed: bytes | None = None  # instead of the samples' own bytes


def tiff(*pages: Page, order: str = "<") -> io.BytesIO:
    """Write a TIFF of these pages."""
    content = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))
    link = 4
    for page in pages:
        start, following = _append(content, page, order)
        struct.pack_into(f"{order}I", content, link, start)
        link = following
    return io.BytesIO(bytes(content))


def _append(content: bytearray, page: Page, order: str) -> tuple[int, int]:
    """Append a page; return where its directory starts, and where the offset of the next one belongs."""
    below = [_append(content, child, order)[0] for child in page.below]
    samples = page.samples
    pixels = page.packed or samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    if page.tags.get(284) == 2:  # a plane for each channel
        pixels = np.moveaxis(samples, -1, 0).astype(samples.dtype.newbyteorder(order)).tobytes()
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    strips = channels if page.tags.get(284) == 2 else 1
    sizes = [len(pixels) // strips] * strips
    tags: dict[int, Any] = {
        256: samples.shape[1],
        257: samples.shape[0],
        258: [8 * samples.dtype.itemsize] * channels,
        259: 1,
        262: 1 if channels < 3 else 2,
        273: [len(content) + size * number for number, size in enumerate(sizes)],
        277: channels,
        278: samples.shape[0],
        279: sizes,
        **({330: below} if below else {}),
        **page.tags,
    }
    content += pixels + bytes(len(pixels) % 2)
    entries = b""
    for tag, value in sorted(tags.items()):
        numbers = list(value) if isinstance(value, (list, tuple)) else [value]
        kind = LONG if tag in (256, 257, 273, 278, 279, 330) else SHORT
        packed = struct.pack(f"{order}{len(numbers)}{FORMATS[kind]}", *numbers)
        if len(packed) > 4:
            offset = len(content)
            content += packed + bytes(len(packed) % 2)
            packed = struct.pack(f"{order}I", offset)
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + packed.ljust(4, b"\0")
    start = len(content)
    content += struct.pack(f"{order}H", len(tags)) + entries + bytes(4)
    return start, len(content) - 4
