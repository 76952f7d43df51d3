"""Tests of indexer.metadata.texts."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.metadata.texts import or_none, raw_text, text_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Acme\0junk", "Acme"),
        (b"Acme\0junk", "Acme"),
        ("für", "für"),
        ("fÃ¼r", "für"),  # UTF-8 that Pillow took for Latin-1
        ("für".encode(), "für"),
        ("für".encode("latin-1"), "f\ufffdr"),
        ("Жук", "Жук"),
        (codes := "Acme".encode("utf-16"), "Acme"),
        (codes.decode("latin-1"), "Acme"),
        ("Acme".encode("utf-16-be"), "Acme"),
        ("Acme".encode("utf-16-le") + b"\0\0junk", "Acme"),
        (b"\xef\xbb\xbfAcme", "Acme"),
        (7, "7"),
        ("", ""),
        (b"\0\0\0\0", ""),
    ],
)
def test_raw_texts(value: Any, expected: str) -> None:
    assert raw_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ac\nme\x07 ", "Ac me"),
        ("a" * 5000, "a" * 100),
        ("----", None),
        ("", None),
        ("Acme".encode("utf-16"), "Acme"),
    ],
)
def test_texts_for_people(value: Any, expected: str | None) -> None:
    assert text_of(value) == expected


def test_what_raises_is_nothing() -> None:
    assert or_none(lambda: 1) == 1
    assert or_none(lambda: 1 // 0) is None
