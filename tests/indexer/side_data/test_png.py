"""Tests of indexer.side_data.png: what is wrong with a chunk costs that chunk."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest

from indexer.decoding.decode import decode_picture
from indexer.decoding.loading import WITHOUT_SIDE_DATA
from indexer.errors import PictureError
from tests.indexer.side_data.writing import ICC, chunk, exif, saved

PLAIN = saved("PNG")
START, END = 33, len(PLAIN) - 12  # behind the header, before the end
LONG = zlib.compress(b"a long text " * 300_000)  # 3.6 MB, where Pillow's limit is 1 MiB


def broken(kind: bytes, payload: bytes) -> bytes:
    """Return a chunk with a wrong checksum."""
    content = chunk(kind, payload)
    return content[:-1] + bytes([content[-1] ^ 1])


CHUNKS = {
    "EXIF with a wrong checksum": broken(b"eXIf", exif(False)[6:]),
    "text with a wrong checksum": broken(b"tEXt", b"Comment\0hello"),
    "profile with a wrong checksum": broken(b"iCCP", b"sRGB\0\0" + zlib.compress(ICC)),
    "gamma with a wrong checksum": broken(b"gAMA", b"\0\0\xb1\x8f"),
    "time with a wrong checksum": broken(b"tIME", bytes(7)),
    "compressed text over the limit": chunk(b"zTXt", b"Comment\0\0" + LONG),
    "international text over the limit": chunk(b"iTXt", b"Comment\0\1\0\0\0" + LONG),
    "profile over the limit": chunk(b"iCCP", b"sRGB\0\0" + LONG),
    "many texts over the limit together": chunk(b"tEXt", b"Comment\0" + b"x" * 900_000) * 80,
    "text that is no zlib stream": chunk(b"zTXt", b"Comment\0\0no zlib"),
    "text of another compression": chunk(b"zTXt", b"Comment\0\7" + zlib.compress(b"hello")),
    "profile that is no zlib stream": chunk(b"iCCP", b"sRGB\0\0no zlib"),
    "profile of another compression": chunk(b"iCCP", b"sRGB\0\7" + zlib.compress(ICC)),
    "text without a keyword": chunk(b"tEXt", b""),
    "text without an end of its keyword": chunk(b"iTXt", b"Comment"),
    "gamma of no length": chunk(b"gAMA", b""),
    "colours of a wrong length": chunk(b"cHRM", b"abc"),
    "an unknown chunk that must be known": chunk(b"ABCD", b"hello"),
    "a name that is none": chunk(b"\0\1\2\3", b"hello"),
    "EXIF that is none": chunk(b"eXIf", b"no EXIF at all"),
    "an animation of no frames": chunk(b"acTL", bytes(8)),
    "resolution of no length": chunk(b"pHYs", b""),
}


@pytest.mark.parametrize("position", [START, END])
@pytest.mark.parametrize("case", CHUNKS)
def test_a_bad_chunk_is_left_out(case: str, position: int) -> None:
    content = PLAIN[:position] + CHUNKS[case] + PLAIN[position:]
    picture, clean = (decode_picture(io.BytesIO(file), "a.png") for file in (content, PLAIN))
    assert np.array_equal(picture.image, clean.image)
    assert picture.note in (None, WITHOUT_SIDE_DATA)


def test_what_is_sound_stays() -> None:
    sound = chunk(b"eXIf", exif(False)[6:])
    for case in ("text with a wrong checksum", "profile over the limit", "compressed text over the limit"):
        content = PLAIN[:START] + sound + CHUNKS[case] + PLAIN[START:]
        picture = decode_picture(io.BytesIO(content), "a.png")
        assert (picture.metadata.taken_at, picture.note) == ("2019-07-04T12:30:05", WITHOUT_SIDE_DATA)
        assert picture.metadata.latitude == pytest.approx(48.858, abs=0.001)


def test_changed_pixels_are_damage() -> None:
    with pytest.raises(PictureError):
        decode_picture(io.BytesIO(PLAIN[: START - 4] + bytes(4) + PLAIN[START:]), "a.png")
    middle = (PLAIN.index(b"IDAT") + END) // 2
    for change in (b"\0\0\0\0", b"\xff\xff", bytes([PLAIN[middle] ^ 1])):
        with pytest.raises(PictureError):
            decode_picture(io.BytesIO(PLAIN[:middle] + change + PLAIN[middle + len(change) :]), "a.png")


def test_an_end_that_is_missing() -> None:
    clean = decode_picture(io.BytesIO(PLAIN), "a.png").image
    for content in (PLAIN[:END], PLAIN[:-4], PLAIN[:-1], PLAIN[:END] + bytes(12)):
        assert np.array_equal(decode_picture(io.BytesIO(content), "a.png").image, clean)
