"""What a file is by its first bytes: a still, a camera's RAW file or a video, whatever its name says.

The suffix decides only which files are looked at, and where the bytes leave it open: of formats without a mark, such as
some MPEG streams, and of RAW files that are built like any TIFF.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal

from indexer.files.foreign import Unfit, open_foreign
from indexer.files.formats import can_read_raw, is_raw, is_video, suffix_of
from indexer.side_data.directories import holds_sensor_samples, is_tiff
from indexer.side_data.file_bytes import FileBytes

Kind = Literal["still", "raw", "video"]

HEAD = 4096  # bytes
STILLS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG",
    b"GIF8",
    b"BM",
    b"\xff\x0a",  # JPEG XL, bare and in boxes
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",  # JPEG 2000, in boxes and bare
    b"\xff\x4f\xff\x51",
)
VIDEOS = (
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    b"FLV\1",
    b"OggS",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: WMV
    b"\0\0\1\xba",  # MPEG program stream
    b"\0\0\1\xb3",  # MPEG video
    b".RMF",
    b"\x06\x0e\x2b\x34",  # MXF
    b"DKIF",  # IVF
)
RAWS = (
    b"FUJIFILMCCD-RAW",
    b"FOVb",  # Sigma
    b"\0MRM",  # Minolta
    b"IIRO",  # Olympus
    b"IIRS",
    b"MMOR",
    b"IIU\0",  # Panasonic
)
RAW_FORMATS_BY_MARK = {
    "RAF": b"FUJIFILM",
    "X3F": b"FOVb",
    "MRW": b"\0MRM",
    "ORF": b"IIR",
    "RW2": b"IIU",
    "CR2": b"CR\2",
    "CRW": b"HEAPCCDR",
    "CR3": b"ftypcrx",
}
STILL_BRANDS = frozenset(
    b"avif avis heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1 mif3 miaf jpeg jpgs j2ki".split()
)
RAW_BRAND = b"crx "  # Canon's CR3
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
CIFF, CR2 = (b"HEAPCCDR", 6), (b"CR", 8)  # marks of Canon's, with their offsets
PACKET = 188  # bytes of an MPEG transport stream; in .m2ts files, 4 more before each
SYNC = 0x47


def kind_of(source: BinaryIO, name: str) -> Kind:
    """Return what a seekable file is by its bytes; where those don't say, by its name. The position is the start."""
    source.seek(0)
    head = source.read(HEAD)
    if is_tiff(head) and not head.startswith(*CR2):
        is_other = not is_raw(name) and not (can_read_raw() and holds_sensor_samples(FileBytes(source)))
        kind: Kind | None = "still" if is_other else "raw"
    else:
        kind = _by_bytes(head)
    source.seek(0)
    return kind or ("video" if is_video(name) else "raw" if is_raw(name) else "still")


def has_mark_of_picture(content: bytes) -> bool:
    """Return whether content begins as pictures do: enough to tell them from settings, keys and documents."""
    head = content[:HEAD]
    is_ppm = len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()
    return is_ppm or is_tiff(head) or _by_bytes(head) in ("still", "raw")


def _by_bytes(head: bytes) -> Kind | None:
    """Return what the first bytes say, if they do."""
    if head.startswith(RAWS) or any(head.startswith(*mark) for mark in (CIFF, CR2)):
        return "raw"
    if head.startswith(STILLS):
        return "still"
    if head.startswith(VIDEOS) or _is_transport_stream(head):
        return "video"
    if head.startswith(b"RIFF"):
        return "still" if head[8:12] == b"WEBP" else "video"
    return _boxed(head) if head[4:8] in BOXES else None


def _boxed(head: bytes) -> Kind:
    """Return what a file of boxes is, by its brands (ISO 14496-12): a HEIC, a Canon RAW file, or a video."""
    if head[4:8] != b"ftyp":
        return "video"
    box = head[8 : int.from_bytes(head[:4], "big")]
    if box.startswith(RAW_BRAND):
        return "raw"
    brands = {box[:4], *(box[start : start + 4] for start in range(8, len(box) - 3, 4))}
    return "still" if brands & STILL_BRANDS else "video"


def _is_transport_stream(head: bytes) -> bool:
    """Return whether bytes of synchronisation come at the distance of packets."""
    starts = ((0, PACKET), (4, PACKET + 4))
    return len(head) > 8 * PACKET and any(
        all(head[first + step * packet] == SYNC for packet in range(4)) for first, step in starts
    )


def is_raw_by_its_bytes(source: BinaryIO) -> bool:
    """Return whether a file is a RAW file whatever its name says."""
    source.seek(0)
    head = source.read(HEAD)
    return _by_bytes(head) == "raw" or (is_tiff(head) and holds_sensor_samples(FileBytes(source)))


def raw_format(source: BinaryIO, name: str) -> str:
    """Return a RAW file's format: its suffix if that is a RAW file's, else by its first bytes."""
    if is_raw(name):
        return suffix_of(name)[1:].upper()
    source.seek(0)
    head = source.read(HEAD)
    marks = (format for format, mark in RAW_FORMATS_BY_MARK.items() if mark in head[:16])
    return next(marks, "RAW")


def is_video_file(path: Path) -> bool:
    """Return whether a file is a video; of one that can't be read, whether its name is a video's."""
    try:
        with open_foreign(path) as source:
            return kind_of(source, path.name) == "video"
    except (OSError, Unfit):
        return is_video(path.name)
