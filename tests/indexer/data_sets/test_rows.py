"""Tests of indexer.data_sets.rows."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from indexer.data_sets.columns import row_id
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.rows import rows_of_file
from indexer.data_sets.texts import from_column
from indexer.decoding.frame import Frame
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.sources.item import Item
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile
from indexer.store.roots import Root
from tests.data_sets import DESCRIPTION, DIM, unit

DIGEST = b"0123456789abcdef"


def encoded(form: str, times: list[int]) -> EncodedFile:
    metadata = Metadata(taken_at="2019-07-04", taken_from="file-name", camera_make="\udcff", latitude=48.1)
    frame = Frame(FoundFile("spooled", 77, 5), DIGEST, 640, 480, form, metadata, perceptual_hash=b"12345678")
    moments = tuple(MomentVector(at, vector) for at, vector in zip(times, unit(len(times)), strict=True))
    return EncodedFile(Root(1, Path("spool"), None), frame, moments)


def test_a_still_is_one_row_with_all_that_is_known() -> None:
    item = Item("s3://b/a.jpg", "a.jpg", b"", "77-etag", caption="a cat", extra={"licence": "CC0"})
    rows = rows_of_file(DESCRIPTION, "s3://b", None, item, encoded("JPEG", [0])).to_pylist()
    assert len(rows) == 1
    row = rows[0]
    assert np.allclose(row.pop("embedding"), unit(1)[0], atol=1e-3)
    assert row.pop("indexed_at").endswith("+00:00")
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": row_id("s3://b/a.jpg", None, DIGEST),
        "source": "s3://b",
        "address": "s3://b/a.jpg",
        "signature": "77-etag",
        "content_hash": DIGEST,
        "perceptual_hash": b"12345678",
        "size": 77,
        "width": 640,
        "height": 480,
        "format": "JPEG",
        "taken_at": "2019-07-04",
        "taken_from": "file-name",
        "camera_make": "\x1adcff",
        "latitude": 48.1,
        "caption": "a cat",
        "extra": '{"licence": "CC0"}',
    }


def test_a_video_has_a_row_for_each_moment() -> None:
    rows = rows_of_file(DESCRIPTION, "s", "s/1.tar", Item("s/1.tar#a", "a.mp4", b"", "1"), encoded("MP4", [0, 1500]))
    assert rows["at_ms"].to_pylist() == [0, 1500]
    assert rows["shard"].to_pylist() == ["s/1.tar"] * 2
    assert len(set(rows["id"].to_pylist())) == 2


def test_a_name_that_is_no_utf_8_is_stored_and_comes_back(tmp_path: Path) -> None:
    name = os.fsdecode(b"/photos/caf\xe9.jpg")
    item = Item(name, "x.jpg", b"", "1", caption="\ud800", extra={"\udce9": "\udce9"})
    table = PicturesTable.create(str(tmp_path / "library"), DESCRIPTION)
    table.commit([rows_of_file(DESCRIPTION, name, name, item, encoded("JPEG", [0]))])
    (row,) = next(table.scan()).to_pylist()
    assert [from_column(row[column]) for column in ("source", "shard", "address")] == [name] * 3
    assert len(row["embedding"]) == DIM
