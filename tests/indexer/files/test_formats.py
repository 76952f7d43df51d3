"""Tests of indexer.files.formats."""

from __future__ import annotations

import pytest

from indexer.files import formats


def test_suffixes_follow_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_is_installed", lambda package: package == "rawpy")
    assert formats.picture_suffixes() == formats.PICTURE_SUFFIXES | formats.RAW_SUFFIXES
    assert [formats.missing_extra(suffix) for suffix in (".dng", ".JXL", ".mov", ".jpg", ".txt", "")] == [
        None,
        "jxl",
        "video",
        None,
        None,
        None,
    ]
    assert formats.is_video("a.b.MP4") and not formats.is_video("mp4") and not formats.is_video("a.mp4.jpg")
    groups = (formats.PICTURE_SUFFIXES, formats.RAW_SUFFIXES, formats.JXL_SUFFIXES, formats.VIDEO_SUFFIXES)
    assert sum(map(len, groups)) == len(frozenset().union(*groups))
