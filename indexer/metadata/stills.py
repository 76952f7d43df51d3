"""What the file of a picture says of itself, whatever its format: EXIF, XMP, IPTC and the texts of a PNG.

Each part is read by itself: one that is broken says nothing, and takes nothing from the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import BinaryIO

from PIL import Image, TiffImagePlugin

from indexer.metadata.boxes import xmp_in_file
from indexer.metadata.exif import IPTC, loaded_exif, read_exif
from indexer.metadata.iptc import iptc_of_resources, read_iptc
from indexer.metadata.metadata import Metadata, Reading, combined
from indexer.metadata.png_text import profile_exif, read_png_text
from indexer.metadata.texts import or_none
from indexer.metadata.xmp import read_xmp

PHOTOSHOP = b"Photoshop 3.0\0"


def read_metadata(image: Image.Image, *others: Image.Exif, source: BinaryIO | None = None) -> Metadata:
    """Return what a picture that is loaded says, after other EXIF that belongs to it; never raises.

    `source` is its file, for what the decoder does not hand over.
    """
    parts = (
        *(_sound(read_exif, exif) for exif in others),
        _sound(lambda: read_exif(_exif(image))),
        _sound(_xmp, image, source),
        _sound(_photoshop, image),
        _sound(_iptc_of_tiff, image),
        _sound(_png, image),
    )
    return combined(itertools.chain.from_iterable(parts))


def _sound(read: Callable[..., Iterable[Reading]], *arguments: object) -> list[Reading]:
    """Return the readings of a part; none if reading it raises."""
    return or_none(lambda: list(read(*arguments))) or []


def _exif(image: Image.Image) -> Image.Exif:
    """Return a picture's EXIF without tags that make no sense, at the first of which Pillow would stop reading."""
    content = image.info.get("exif")
    return loaded_exif(content) if isinstance(content, bytes) else image.getexif()


def _xmp(image: Image.Image, source: BinaryIO | None) -> Iterable[Reading]:
    """Return what the XMP packet says, from Pillow or from the file."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")  # the latter of PNG, with older Pillow
    if not packet and source is not None:
        packet = xmp_in_file(source, image.format)
    if packet:
        yield read_xmp(packet.encode("utf-8", "replace") if isinstance(packet, str) else bytes(packet), "xmp")


def _photoshop(image: Image.Image) -> Iterable[Reading]:
    """Return what IPTC in a JPEG's segments of Photoshop says; one block may go over several of them."""
    segments = [content for name, content in getattr(image, "applist", ()) if name == "APP13"]
    parts = [content[len(PHOTOSHOP) :] for content in segments if content.startswith(PHOTOSHOP)]
    yield read_iptc(iptc_of_resources(b"".join(parts)))


def _iptc_of_tiff(image: Image.Image) -> Iterable[Reading]:
    """Return what IPTC in a TIFF says; most programs write it as 32-bit numbers, of which EXIF has only the first."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # Pillow's own reader of IPTC takes it from there too, but fails where it is padded.
        yield read_iptc(image.tag_v2._tagdata.get(IPTC, b""))


def _png(image: Image.Image) -> Iterable[Reading]:
    """Return what the texts of a PNG say."""
    if image.format == "PNG":
        yield from read_png_text(image.info)
        if (profile := profile_exif(image.info)) is not None:
            yield from read_exif(profile)
