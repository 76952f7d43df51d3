"""Tests of indexer.data_sets.texts."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pytest

from indexer.data_sets.texts import from_column, json_column, to_column


@pytest.mark.parametrize(
    "text",
    ["/photos/a.jpg", "münchen.jpg", "\U0001f600", "a\x1ab", "a\x1adce9", "\ud800 alone", os.fsdecode(b"caf\xe9.jpg")],
)
def test_any_text_comes_back_from_a_column(text: str) -> None:
    assert from_column(pa.array([to_column(text)], pa.string()).to_pylist()[0]) == text


def test_what_begins_alike_still_does() -> None:
    folder = os.fsdecode(b"/photos/\xe9t\xe9/")
    assert to_column(f"{folder}a.jpg").startswith(to_column(folder))


def test_what_a_source_says_becomes_json_whatever_it_is() -> None:
    said = {"n": float("nan"), "name": "\udce9", "deep": [{"x": b"raw"}, (1, 2.5, None, True)]}
    text = json_column(said)
    assert text is not None
    text.encode()
    assert json.loads(text) == {"n": None, "name": "\udce9", "deep": [{"x": "b'raw'"}, [1, 2.5, None, True]]}
    assert json_column({}) is None
