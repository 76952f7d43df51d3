"""Tests of indexer.paths."""

from __future__ import annotations

import os

import pytest

from indexer.paths import from_columns, inside, readable, to_columns


@pytest.mark.parametrize("name", [b"plain.jpg", "Grüße 🍵.jpg".encode(), b"caf\xe9.jpg", b"\xff\xfe\\xff.jpg"])
def test_names_survive_the_round_trip(name: bytes) -> None:
    columns = to_columns(os.fsdecode(name))
    columns[0].encode("utf-8")
    assert os.fsencode(from_columns(*columns)) == name


def test_readable_shows_bytes() -> None:
    assert readable(os.fsdecode(b"caf\xe9")) == "caf\\xe9"
    assert readable("café") == "café"


def test_inside() -> None:
    assert inside("/a/b/c", "/a") == "b/c"
    assert inside("/a", "/a") == ""
    assert inside("/ab", "/a") is None
