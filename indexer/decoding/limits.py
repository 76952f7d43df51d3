"""How large a picture may be: one limit for all formats, against files that pretend to be enormous.

Phones make pictures of 200 million pixels, stitched panoramas have more. Pillow's own guard is lower and stays as it is
for whoever else uses Pillow in this process; a picture that is too large for the memory is a failure of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import InvalidRequest, PictureError

VARIABLE = "CLIPSEARCH_MAX_MEGAPIXELS"  # which worker processes inherit
MEGAPIXELS = 400
MILLION = 1_000_000
SIZE = re.compile(r"([\d,]+) megapixels, where the limit is")
TOO_LARGE = "more pixels than the limit against decompression bombs allows"


def most_pixels() -> int:
    """Return how many pixels a picture may have; raises InvalidRequest if the variable holds no number."""
    value = os.environ.get(VARIABLE) or str(MEGAPIXELS)
    try:
        pixels = float(value) * MILLION
    except ValueError:
        pixels = 0.0
    if not 0 < pixels < 1e15:
        raise InvalidRequest(f"{VARIABLE} is {value!r}; it takes millions of pixels, such as {MEGAPIXELS}.")
    return int(pixels)


def check_size(width: int, height: int) -> None:
    """Raise PictureError for a picture of more pixels than the limit."""
    if width * height > most_pixels():
        size, most = -(-width * height // MILLION), most_pixels() // MILLION
        setting = f"--max-megapixels or {VARIABLE}"
        raise PictureError(f"{TOO_LARGE}: {size:,} megapixels, where the limit is {most:,} ({setting})")


def is_allowed_now(reason: str) -> bool:
    """Return whether a file was refused for its size alone, which the limit of today allows."""
    size = SIZE.search(reason)
    return size is not None and int(size[1].replace(",", "")) * MILLION <= most_pixels()


@contextmanager
def allowing(megapixels: float | None) -> Iterator[None]:
    """Use another limit, in millions of pixels, in this process and in workers that it starts; None changes nothing."""
    before = os.environ.get(VARIABLE)
    try:
        if megapixels is not None:
            os.environ[VARIABLE] = f"{megapixels:g}"
            most_pixels()
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before
