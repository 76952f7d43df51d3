"""Pictures of all formats with all the side data that they can hold, and where in the file that is."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageCms, TiffImagePlugin

from indexer.side_data.directories import BYTES_OF, PIXELS, directories

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta>"
IPTC = b"Photoshop 3.0\0008BIM\x04\x04\0\0\0\0\0\x0f\x1c\x02\x37\0\x0820190704\0\0"
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WithSideData:
    """A file, and the ranges of its bytes that are side data and may hold anything."""

    content: bytes
    ranges: list[Range]


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture with slopes and edges."""
    rows, columns = np.mgrid[0:height, 0:width]
    samples = np.dstack([columns * 255 // width, rows * 255 // height, (rows // 8 + columns // 8) % 2 * 200])
    return Image.fromarray(samples.astype("u1"))


def saved(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or scene()).save(file, format, **options)
    return file.getvalue()


def exif(thumbnail: bool = True) -> bytes:
    """Return EXIF with all its directories, a MakerNote, and a thumbnail that is a JPEG of its own."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Acme", "Pinhole 1", "2019:07:04 12:30:05"
    exif[0x8769] = {
        0x9003: "2019:07:04 12:30:05",
        0x927C: bytes(range(200)),
        0xA434: "50mm f/2",
        0x9286: b"ASCII\0\0\0hello",
    }
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2)}
    content = exif.tobytes()
    return content + saved("JPEG", scene(16, 12)) if thumbnail else content


def between(before: bytes, side: bytes, after: bytes) -> WithSideData:
    return WithSideData(before + side + after, [(len(before), len(before) + len(side))])


def segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def jpeg(**options: Any) -> WithSideData:
    """Return a JPEG; the markers themselves are not side data, their lengths and contents are."""
    plain = saved("JPEG", **options)
    start = 4 + int.from_bytes(plain[4:6], "big")  # behind JFIF's or Adobe's segment
    parts = [(0xE1, exif()), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), (0xE2, b"ICC_PROFILE\0\1\1" + ICC)]
    parts += [(0xED, IPTC), (0xFE, b"a comment"), (0xE2, b"MPF\0II*\0\x08\0\0\0\0\0"), (0xEC, b"Ducky\0\1\0\4\0\0\0<")]
    content, ranges = plain[:start], []
    for marker, payload in parts:
        ranges.append((len(content) + 2, len(content) + 4 + len(payload)))
        content += segment(marker, payload)
    return WithSideData(content + plain[start:], ranges)


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png(**options: Any) -> WithSideData:
    """Return a PNG with chunks before and behind its pixels."""
    plain = saved("PNG", **options)
    texts = chunk(b"tEXt", b"Creation Time\x002019-07-04") + chunk(
        b"zTXt", b"Comment\0\0" + zlib.compress(b"long " * 99)
    )
    early = [
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(ICC)),
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"pHYs", bytes(9)),
    ]
    late = [
        texts,
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"eXIf", exif()[6:]),
        chunk(b"tIME", bytes(7)),
    ]
    before, behind = b"".join(early) + texts, b"".join(late)
    start, end = 33, len(plain) - 12
    content = plain[:start] + before + plain[start:end] + behind + plain[end:]
    second = end + len(before)
    return WithSideData(content, [(start, start + len(before)), (second, second + len(behind))])


def tiff(**options: Any) -> WithSideData:
    """Return a TIFF; which tag an entry is about is not side data, its type, count and values are."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for number, value in {
        270: "a description",
        271: "Acme",
        305: "software",
        306: "2019:07:04 12:30:05",
        315: "me",
    }.items():
        tags[number] = value
    for number, payload in {700: XMP, 33723: IPTC, 34377: IPTC, 37500: bytes(200)}.items():
        tags.tagtype[number] = 7
        tags[number] = payload
    content = saved("TIFF", tiffinfo=tags, **options)
    ranges = []
    for page in directories(content):
        for tag in page:
            if tag.number not in PIXELS:
                entry = content.index(tag.entry)
                ranges.append((entry + 2, entry + len(tag.entry)))
                ranges.append((tag.offset, tag.offset + tag.count * BYTES_OF[tag.kind]))
    return WithSideData(content, ranges)


def webp(**options: Any) -> WithSideData:
    content = saved("WEBP", exif=exif(), xmp=XMP, icc_profile=ICC, **options)
    ranges, start = [], 12
    while start < len(content):
        length = int.from_bytes(content[start + 4 : start + 8], "little")
        if content[start : start + 4] in (b"EXIF", b"XMP ", b"ICCP"):
            ranges.append((start + 4, start + 8 + length))
        start += 8 + length + length % 2
    return WithSideData(content, ranges)


def gif() -> WithSideData:
    plain = saved("GIF", scene().quantize(64))
    start = 13 + (3 << (plain[10] & 7) + 1)

    def extension(label: int, *blocks: bytes) -> bytes:
        return bytes([0x21, label]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"

    side = extension(0xFE, b"a comment of some length " * 5) + extension(0xFF, b"XMP DataXMP", XMP[:99])
    side += extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")
    return between(plain[:start], side, plain[start:])


def found(content: bytes, *payloads: bytes) -> WithSideData:
    """Return the ranges of payloads that stand in the file as they are."""
    return WithSideData(content, [(start, start + len(p)) for p in payloads if (start := content.find(p)) >= 0])


def heic() -> WithSideData:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return found(saved("HEIF", exif=exif(), xmp=XMP, icc_profile=ICC), exif()[6:], XMP, ICC)


def avif() -> WithSideData:
    return found(saved("AVIF", exif=exif(), xmp=XMP, icc_profile=ICC), exif()[6:], XMP, ICC)


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload) + 8) + kind + payload


def jpeg_xl() -> WithSideData:
    import pillow_jxl  # noqa: F401

    stream = saved("JXL")
    start = stream.find(b"\xff\x0a")
    head = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    side = box(b"Exif", b"\0\0\0\0" + exif()[6:]) + box(b"xml ", XMP)
    return between(head, side, box(b"jxlc", stream[start:]))


def jpeg_2000() -> WithSideData:
    plain = saved("JPEG2000")
    start = plain.find(b"jp2c") - 4
    return between(plain[:start], box(b"uuid", b"JpgTiffExif->JP2" + exif()[6:]) + box(b"xml ", XMP), plain[start:])


WRITERS: dict[str, Callable[[], WithSideData]] = {
    "jpg": jpeg,
    "progressive.jpg": lambda: jpeg(progressive=True),
    "cmyk.jpg": lambda: jpeg(image=scene().convert("CMYK")),
    "png": png,
    "palette.png": lambda: png(image=scene().quantize(64)),
    "tif": tiff,
    "lzw.tif": lambda: tiff(compression="tiff_lzw"),
    "big.tif": lambda: tiff(big_tiff=True),
    "webp": lambda: webp(lossless=True),
    "gif": gif,
    "heic": heic,
    "avif": avif,
    "jxl": jpeg_xl,
    "jp2": jpeg_2000,
}


def mutations(file: WithSideData, random: Any) -> Iterator[bytes]:
    """Yield the file with its side data changed, without end: bits, bytes, runs, and parts of it moved."""
    while True:
        content = bytearray(file.content)
        for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
            start, end = random.choice(file.ranges)
            position = random.randrange(start, end)
            run = slice(position, min(end, position + random.choice((1, 1, 2, 4, 8, 64))))
            length = run.stop - run.start
            match random.randrange(6):
                case 0:
                    content[position] ^= 1 << random.randrange(8)
                case 1:
                    content[run] = random.randbytes(length)
                case 2:
                    content[run] = b"\xff" * length
                case 3:
                    content[run] = bytes(length)
                case 4:
                    content[run] = content[run][::-1]
                case 5:
                    source = random.randrange(start, end - length + 1)
                    content[run] = content[source : source + length]
        yield bytes(content)
