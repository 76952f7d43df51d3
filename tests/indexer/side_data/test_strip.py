"""Fuzzing of exactly the side data of each format: the pixels that come out are those of the clean file.

`pytest tests/indexer/side_data --fuzz-cases 20800` tries ten times as many. Compared are the samples before the profile
is applied, since a changed one may well mean other colours.
"""

from __future__ import annotations

import io
import random

import numpy as np
import pytest

from indexer.decoding.decode import decode_picture
from indexer.decoding.loading import load
from indexer.side_data.strip import less_side_data
from tests.indexer.side_data.writing import WRITERS, WithSideData, mutations

EXTRAS = {"jxl": "pillow_jxl"}
CASES, FEWER = 5000, 1000  # of a format, and of another form of it, where 2080 broken files are asked for


def written(name: str) -> WithSideData:
    if name in EXTRAS:
        pytest.importorskip(EXTRAS[name])
    return WRITERS[name]()


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.filterwarnings("ignore")  # Pillow's, of broken EXIF; decode_picture ignores them itself
def test_no_side_data_costs_the_pixels(name: str, fuzz_cases: int, fuzz_seed: int) -> None:
    file = written(name)
    assert file.ranges and all(end > start for start, end in file.ranges)
    clean = np.asarray(load(io.BytesIO(file.content), None).image)
    cases = mutations(file, random.Random(f"{name} {fuzz_seed}"))
    for number in range((FEWER if "." in name else CASES) * fuzz_cases // 2080):
        mutated = next(cases)
        loaded = np.asarray(load(io.BytesIO(mutated), None).image)
        assert np.array_equal(loaded, clean), f"case {number} of {name}"


@pytest.mark.parametrize("name", WRITERS)
def test_a_changed_file_is_decoded_to_the_end(name: str, fuzz_seed: int) -> None:
    file = written(name)
    cases = mutations(file, random.Random(f"{name} {fuzz_seed} whole"))
    for _ in range(40):
        picture = decode_picture(io.BytesIO(next(cases)), f"a.{name}", 16)
        assert sorted((picture.width, picture.height)) == [48, 64]


@pytest.mark.parametrize("name", WRITERS)
def test_each_version_has_less(name: str) -> None:
    file = written(name)
    versions = list(less_side_data(file.content))
    clean = np.asarray(load(io.BytesIO(file.content), None).image)
    for version in versions[:2]:  # the others are for files in which lengths are wrong
        assert np.array_equal(np.asarray(load(io.BytesIO(version), None).image), clean)
        assert len(version) <= len(file.content) or "tif" in name
    assert versions


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0+", b"RIFF\0\0\0\0WEBP"]
)
def test_almost_nothing(content: bytes) -> None:
    for padding in (b"", b"\0", b"\xff" * 40, b"\0" * 4000):
        list(less_side_data(content + padding))
