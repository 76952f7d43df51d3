"""Tests of search.filters.file_types: what people mean by a type of file."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.errors import InvalidRequest
from indexer.store.store import Store
from search.filters.filters import make_filters
from tests.search.filters.rows import add, passing_ids

FORMATS = ("JPEG", "MPO", "HEIF", "TIFF", "DNG", "CR2", "MP4", "MOV", "JPEG2000", "PNG", "JXL", "ODD")


@pytest.mark.parametrize(
    ("types", "formats"),
    [
        ("jpeg", "JPEG MPO"),
        ("jpg", "JPEG MPO"),
        (".JPG", "JPEG MPO"),
        ("mpo", "MPO"),
        ("heic", "HEIF"),
        ("heif", "HEIF"),
        ("tif", "TIFF"),
        ("jp2", "JPEG2000"),
        ("jpeg2000", "JPEG2000"),
        ("raw", "DNG CR2"),
        ("dng", "DNG"),
        ("video", "MP4 MOV"),
        ("qt", "MOV"),
        ("jxl", "JXL"),
        ("odd", "ODD"),
        ("jpeg,heic", "JPEG MPO HEIF"),
        (" jpeg , heic ,", "JPEG MPO HEIF"),
        (["png", "raw,video"], "PNG DNG CR2 MP4 MOV"),
        ("gif", ""),
        ("nef", ""),
        ("webm", ""),
    ],
)
def test_a_type_is_all_that_people_mean_by_it(store: Store, types: Any, formats: str) -> None:
    ids = {form: add(store, f"{form}.x", format=form) for form in FORMATS}
    assert passing_ids(store, types=types) == sorted(ids[form] for form in formats.split())


def test_an_unknown_type_tells_what_the_library_has(store: Store) -> None:
    add(store, "a.jpg")
    add(store, "b.heic", format="HEIF")
    with pytest.raises(InvalidRequest, match=r'no type "docx"; this library has: heif, jpeg \(and raw'):
        passing_ids(store, types="jpeg,docx")
    with pytest.raises(InvalidRequest, match="No type is named"):
        make_filters(types=" , ")


def test_every_type_that_is_indexed_is_known_by_its_suffix(store: Store) -> None:
    from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_SUFFIXES

    for suffix in PICTURE_SUFFIXES | RAW_SUFFIXES | JXL_SUFFIXES | VIDEO_SUFFIXES:
        assert passing_ids(store, types=suffix) == []
