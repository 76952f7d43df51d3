"""The same picture with less and less of what isn't pixels, for decoders that give up on broken side data.

A checksum of a text, a profile, a MakerNote or a tag that leads nowhere must not cost the picture. The gentlest version
comes first, so that what is sound of dates and colours stays; the last one holds nothing but pixels. Nothing is
decoded here, and no pixel changes: parts of the file are left out, or directories are written anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.side_data.boxes import box_versions, is_boxed
from indexer.side_data.directories import is_tiff
from indexer.side_data.gif import GIFS, gif_versions
from indexer.side_data.heif import heif_versions, is_heif
from indexer.side_data.jpeg import JPEG, jpeg_versions
from indexer.side_data.png import PNG, png_versions
from indexer.side_data.tiff import tiff_versions
from indexer.side_data.webp import is_webp, webp_versions


def less_side_data(content: bytes) -> Iterator[bytes]:
    """Yield versions of a picture file, each with less side data than the one before; none for other formats."""
    seen = {hash(content)}
    for version in _versions(content):
        if version and hash(version) not in seen:
            seen.add(hash(version))
            yield version


def _versions(content: bytes) -> Iterator[bytes]:
    if content.startswith(PNG):
        return png_versions(content)
    if content.startswith(JPEG):
        return jpeg_versions(content)
    if content.startswith(GIFS):
        return gif_versions(content)
    if is_tiff(content):
        return tiff_versions(content)
    if is_webp(content):
        return webp_versions(content)
    if is_heif(content):
        return heif_versions(content)
    if is_boxed(content):
        return box_versions(content)
    return iter(())
