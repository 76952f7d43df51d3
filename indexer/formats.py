"""Which files are taken for pictures, by the end of their names."""

from __future__ import annotations

PICTURE_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "tif", "tiff", "bmp", "dib"),
        *("jp2", "j2k", "jpx", "ppm", "pgm", "pbm", "pnm", "heic", "heif", "hif", "avif"),
    )
)
