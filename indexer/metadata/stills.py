"""What the file of a picture says of itself, whatever its format: EXIF, XMP, IPTC and the texts of a PNG."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from indexer.metadata.exif import read_exif
from indexer.metadata.iptc import iptc_of_resources, read_iptc
from indexer.metadata.metadata import Metadata, Reading, combined
from indexer.metadata.png_text import profile_exif, read_png_text
from indexer.metadata.texts import or_none
from indexer.metadata.xmp import read_xmp
from indexer.side_data.directories import is_tiff
from indexer.side_data.tiff import with_sound_tags

PHOTOSHOP = b"Photoshop 3.0\0"


def read_metadata(image: Image.Image, *others: Image.Exif) -> Metadata:
    """Return what a picture that is loaded says, after other EXIF that belongs to it; never raises."""
    return combined([*(reading for exif in others for reading in read_exif(exif)), *_readings(image)])


def _readings(image: Image.Image) -> Iterator[Reading]:
    """Yield what each part of a file says that Pillow hands over."""
    exif = or_none(lambda: _exif(image))
    yield from read_exif(exif) if exif is not None else ()
    packet = or_none(lambda: image.info.get("xmp"))
    if isinstance(packet, str | bytes):
        yield read_xmp(packet.encode("utf-8", "replace") if isinstance(packet, str) else packet, "xmp")
    yield or_none(lambda: _photoshop(image)) or Reading()
    if image.format == "PNG":
        yield from or_none(lambda: read_png_text(image.info)) or ()
        profile = or_none(lambda: profile_exif(image.info))
        yield from read_exif(profile) if profile is not None else ()


def _exif(image: Image.Image) -> Image.Exif:
    """Return a picture's EXIF without tags that make no sense, at the first of which Pillow would stop reading."""
    content = image.info.get("exif")
    if not isinstance(content, bytes):
        return image.getexif()
    content = content.removeprefix(b"Exif\0\0")
    exif = Image.Exif()
    exif.load(with_sound_tags(content) if is_tiff(content) else content)
    return exif


def _photoshop(image: Image.Image) -> Reading:
    """Return what IPTC in a JPEG's segments of Photoshop says; one block may go over several of them."""
    segments = [content for name, content in getattr(image, "applist", ()) if name == "APP13"]
    parts = [content[len(PHOTOSHOP) :] for content in segments if content.startswith(PHOTOSHOP)]
    return read_iptc(iptc_of_resources(b"".join(parts)))
