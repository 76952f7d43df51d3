"""TIFFs that Pillow has no mode for, by tifffile: floats, 16 bits with transparency, 32 bits, and rarer compressions.

What a sample's value means is not always told: floats are 0..1 in photo programs and 0..255 or measurements elsewhere.
"""

from __future__ import annotations

import contextlib
import logging
import struct
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from indexer.colour.float_samples import float_bits, signed_bits
from indexer.decoding.limits import check_size
from indexer.errors import PictureError
from indexer.installation import needs_extra
from indexer.side_data.directories import directories, is_whole, numbers
from indexer.side_data.file_bytes import FileBytes
from indexer.side_data.tiff import exif_of

Samples = Any  # arrays (height, width, samples a pixel): of numbers as they are stored, or of bytes

WHITE_IS_ZERO, RGB, PALETTE, INKS, LAB = 0, 2, 3, 5, 8  # values of PhotometricInterpretation
ASSOCIATED, UNASSOCIATED = 1, 2  # of ExtraSamples: transparency, multiplied into the colours or not
PROFILE, XMP, COMPRESSION = 34675, 700, 259
PILLOWS = {(number,) for number in (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000)}  # compressions
MODES = {(1, False): "L", (2, True): "LA", (3, False): "RGB", (4, True): "RGBA", (4, False): "CMYK"}


def open_odd_tiff(source: BinaryIO, unidentified: bool) -> Image.Image | None:
    """Return the first page in 8 bits, with its profile and EXIF in `info`; None if it is no such TIFF, but damaged.

    `unidentified` is whether Pillow has no mode for it; else only its compression can be what is odd. Raises
    PictureError, which says what kind of TIFF it is, if it can't be read.
    """
    content = FileBytes(source)
    page = next(directories(content), [])
    if not page or not is_whole(content, page):
        return None
    # A strip that Pillow could not decompress is damaged; tifffile would pass over a wrong checksum.
    if not unidentified and any(tag.number == COMPRESSION and numbers(content, tag)[:1] in PILLOWS for tag in page):
        return None
    try:
        import tifffile
    except ImportError as error:
        raise PictureError(f"a kind of TIFF that {needs_extra('tiff')}") from error
    logging.getLogger("tifffile").disabled = True  # it tells of each broken tag
    with contextlib.suppress(tifffile.TiffFileError, IndexError, struct.error):
        source.seek(0)
        with tifffile.TiffFile(source) as file:
            first: Any = file.pages[0]
            check_size(first.imagewidth, first.imagelength)
            image = _image(first, _samples(first))
        image.info["exif"] = b"Exif\0\0" + exif_of(content)
        image.format = "TIFF"
        return image
    return None


def _samples(page: Any) -> Samples:
    """Decode a page to rows of pixels of samples."""
    try:
        samples = page.asarray()
    except (ValueError, KeyError) as error:
        reason = " ".join(str(error).split())
        if "imagecodecs" in reason:  # it names what is missing
            raise PictureError(f"{_kind(page)}, which {needs_extra('tiff')}") from error
        raise PictureError(f"damaged, or {_kind(page)}, which can't be read here ({reason})") from error
    if samples.ndim == 3 and page.planarconfig == 2:
        samples = np.moveaxis(samples, 0, -1)
    if samples.ndim not in (2, 3):
        raise PictureError(f"{_kind(page)}, which is not one picture")
    return samples.reshape(*samples.shape[:2], -1)


def _image(page: Any, samples: Samples) -> Image.Image:
    """Return a picture in a mode that Pillow has."""
    if page.photometric == PALETTE and page.colormap is not None:
        samples = _looked_up(page.colormap, samples)
    grey = samples.shape[2] < 3
    extra = [int(sample) for sample in page.extrasamples or ()]
    clear = bool(extra) and extra[0] in (ASSOCIATED, UNASSOCIATED)
    colours = 1 if grey else 4 if page.photometric == INKS else 3
    bits = _eight_bits(samples[..., :colours], page.bitspersample)
    if page.photometric == WHITE_IS_ZERO:
        bits = 255 - bits
    if clear and colours < 4 and samples.shape[2] > colours:
        alpha = _eight_bits(samples[..., colours : colours + 1], page.bitspersample)
        bits = np.concatenate([_divided(bits, alpha) if extra[0] == ASSOCIATED else bits, alpha], axis=2)
    else:
        clear = False
    mode = MODES.get((bits.shape[2], clear))
    if mode is None or page.photometric == LAB:
        raise PictureError(f"{_kind(page)}, which can't be read here")
    image = Image.frombytes(mode, (bits.shape[1], bits.shape[0]), np.ascontiguousarray(bits).tobytes())
    for key, number in (("icc_profile", PROFILE), ("xmp", XMP)):
        with contextlib.suppress(Exception):  # the picture matters more than what is said of it
            image.info[key] = bytes(page.tags[number].value)
    return image


def _looked_up(table: Samples, samples: Samples) -> Samples:
    """Return the colours of a palette, in 8 bits; some programs write the table so, though it has 16."""
    table = table if table.max(initial=0) <= 0xFF else table >> 8
    return table.astype(np.uint8).T[np.minimum(samples[..., 0], table.shape[1] - 1)]


def _eight_bits(samples: Samples, stated: Any) -> Samples:
    """Scale samples to 0..255: unsigned numbers by their bits, others by what their range lets guess."""
    if samples.dtype == bool:
        return samples.astype(np.uint8) * np.uint8(255)
    bits = max(stated) if isinstance(stated, tuple) else int(stated)
    if samples.dtype == np.uint8 and bits > 8:
        return samples  # of a palette
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) * (255.0 / (2**bits - 1))).round().astype(np.uint8)
    return signed_bits(samples, bits) if samples.dtype.kind == "i" else float_bits(samples)


def _divided(colours: Samples, alpha: Samples) -> Samples:
    """Return colours without the transparency that is multiplied into them."""
    whole = colours.astype(np.float32) * 255 / np.maximum(alpha, 1)
    return np.clip(whole, 0, 255).round().astype(np.uint8)


def _kind(page: Any) -> str:
    """Say which kind of TIFF it is."""
    bits = max(page.bitspersample) if isinstance(page.bitspersample, tuple) else page.bitspersample
    numbers = {3: "float ", 2: "signed ", 5: "complex ", 6: "complex "}.get(int(page.sampleformat or 1), "")
    photometric = getattr(page.photometric, "name", page.photometric)
    compression = getattr(page.compression, "name", page.compression)
    return f"a TIFF of {bits}-bit {numbers}{photometric} samples, compression {compression}"
