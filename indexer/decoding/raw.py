"""Camera RAW files, through LibRaw (rawpy): the camera's own preview, if it is large enough.

A preview takes tens of milliseconds where developing the sensor's samples takes seconds, and it looks as the
photographer saw it. Only where it is too small are the samples developed, at half the size.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import Image

from indexer.decoding.loading import JPEGS, load_jpeg
from indexer.errors import PictureError
from indexer.installation import needs_extra
from indexer.metadata.boxes import canon_exif
from indexer.metadata.exif import ORIENTATION
from indexer.side_data.directories import is_tiff
from indexer.side_data.file_bytes import FileBytes
from indexer.side_data.tiff import exif_of, is_light

if TYPE_CHECKING:
    from rawpy import RawPy

# From LibRaw's turn to EXIF's orientation: its bit 1 mirrors left and right, 2 top and bottom, 4 exchanges the axes.
FLIP_TO_ORIENTATION = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
SIDEWAYS = 4  # the bit of LibRaw's turn
TIFF_HEADS = (b"IIRO", b"IIRS", b"IIU\0", b"MMOR")  # Olympus' and Panasonic's own marks of a TIFF


@dataclass(frozen=True, slots=True)
class RawPicture:
    """What a RAW file shows."""

    image: Image.Image  # the preview, perhaps reduced, or developed samples
    orientation: int  # EXIF's, not applied to the image yet
    width: int  # pixels of the whole picture, upright
    height: int
    exif: Image.Exif  # of the file itself; empty if it is not built like a TIFF


def open_raw(source: BinaryIO, smallest: int | None) -> RawPicture:
    """Return a RAW file's preview if its shorter side is at least 2 * smallest, else the file developed at half size.

    A preview of half the size is always large enough, being as large as the developed picture; with smallest = None
    it has to be that large. Raises PictureError if LibRaw can't read the file.
    """
    try:
        import rawpy
    except ImportError as error:
        raise PictureError(f"a RAW file, which {needs_extra('raw')}") from error
    try:
        with rawpy.RawPy() as raw:
            source.seek(0)
            raw.open_buffer(source)
            return _picture(raw, source, smallest)
    except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
        raise PictureError(f"a RAW file that can't be read: {_text(error)}") from error


def _picture(raw: RawPy, source: BinaryIO, smallest: int | None) -> RawPicture:
    """Choose between the preview and developing."""
    sizes = raw.sizes
    width, height = (sizes.height, sizes.width) if sizes.flip & SIDEWAYS else (sizes.width, sizes.height)
    half = max(1, min(width, height) // 2 * 98 // 100)  # previews lack a few pixels at the border
    enough = half if smallest is None else min(half, 2 * smallest)
    preview = _preview(raw)
    if preview is not None and min(preview.size) >= enough:
        orientation = _orientation_of(preview, FLIP_TO_ORIENTATION.get(sizes.flip, 1), width > height)
        if (decoded := _decoded(preview, smallest)) is not None:
            return RawPicture(decoded, orientation, width, height, _exif(source))
    raw.unpack()
    developed = Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True))
    return RawPicture(developed, 1, width, height, _exif(source))


def _preview(raw: RawPy) -> Image.Image | None:
    """Return the largest embedded preview, if there is one that works."""
    with contextlib.suppress(Exception):  # none, an odd one, or a broken one: the samples may still be sound
        data: Any = raw.extract_thumb().data
        return Image.open(io.BytesIO(data), formats=["JPEG"]) if isinstance(data, bytes) else Image.fromarray(data)
    return None


def _decoded(preview: Image.Image, smallest: int | None) -> Image.Image | None:
    """Decode a preview; None if it is damaged, since the samples may still be sound."""
    content: Any = getattr(preview, "fp", None)
    with contextlib.suppress(PictureError, OSError, ValueError):
        if preview.format in JPEGS:
            return load_jpeg(content, preview, smallest)
        preview.load()
        return preview
    return None


def _orientation_of(preview: Image.Image, of_file: int, is_wide: bool) -> int:
    """Return how a preview is to be turned, given how the file is and whether the upright picture is wider than high.

    A preview may be upright already and say nothing of it: LibRaw then gives it the file's orientation. The first
    answer after which it lies as the picture does is right.
    """
    own = _own_orientation(preview) or of_file
    if preview.width == preview.height:
        return own
    answers = (own, of_file, 1)
    lies = ((preview.width > preview.height) != (answer >= 5) for answer in answers)  # wider than high, once turned
    return next((answer for answer, wide in zip(answers, lies, strict=True) if wide == is_wide), own)


def _own_orientation(preview: Image.Image) -> int | None:
    """Return the orientation in the preview's own EXIF; LibRaw puts one before it, or where there is none."""
    with contextlib.suppress(Exception):
        segments: list[tuple[str, bytes]] = getattr(preview, "applist", [])
        exif = Image.Exif()
        exif.load(next(content for _, content in reversed(segments) if content.startswith(b"Exif\0\0")))
        orientation = exif.get(ORIENTATION)
        return orientation if orientation in range(1, 9) else None
    return None


def _exif(source: BinaryIO) -> Image.Exif:
    """Read the file's own EXIF; most RAW files are built like a TIFF, and Canon's CR3 holds several."""
    exif = Image.Exif()
    with contextlib.suppress(Exception):
        source.seek(0)
        head = source.read(4)
        if source.read(8) == b"ftypcrx ":
            return canon_exif(source)
        content: BinaryIO = source
        if head in TIFF_HEADS:
            source.seek(len(head))
            content = io.BytesIO((b"II*\0" if head[:2] == b"II" else b"MM\0*") + source.read())
        file = FileBytes(content)
        if is_tiff(file) and not is_light(file):
            content = io.BytesIO(exif_of(file))
        content.seek(0)
        exif.load_from_fp(content)
        _ = exif.get_ifd(0x8769), exif.get_ifd(0x8825)  # while the file is open
    return exif


def _text(error: Exception) -> str:
    """Return LibRaw's message, which may be bytes."""
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) or type(error).__name__
