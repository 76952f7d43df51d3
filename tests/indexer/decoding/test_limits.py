"""Tests of indexer.decoding.limits."""

from __future__ import annotations

import os

import pytest

from indexer.decoding import limits
from indexer.decoding.limits import VARIABLE, allowing, check_size, most_pixels
from indexer.errors import InvalidRequest, PictureError


def test_phones_and_panoramas_pass() -> None:
    assert most_pixels() == limits.MEGAPIXELS * 1_000_000
    check_size(16_320, 12_240)
    check_size(20_000, 20_000)
    with pytest.raises(
        PictureError, match=r"401 megapixels, where the limit is 400 \(--max-megapixels or CLIPSEARCH_MAX"
    ):
        check_size(20_001, 20_000)


def test_another_limit_for_a_while() -> None:
    with allowing(1000):
        check_size(30_000, 30_000)
        assert os.environ[VARIABLE] == "1000"
        with allowing(None):
            check_size(30_000, 30_000)
    assert VARIABLE not in os.environ


@pytest.mark.parametrize("value", ["many", "0", "-3", "nan", "inf", "1e300"])
def test_what_is_no_number_of_megapixels(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(InvalidRequest, match="millions of pixels"):
        most_pixels()


def test_a_bad_limit_changes_nothing() -> None:
    with pytest.raises(InvalidRequest), allowing(-1):
        pass
    assert VARIABLE not in os.environ
