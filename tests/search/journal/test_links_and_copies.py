"""Tests of search.journal.links_and_copies: nothing is overwritten, and no half file gets its name."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from search.journal.links_and_copies import rename_new


def test_renaming_without_hard_links_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "part").write_text("new")
    (tmp_path / "taken").write_text("old")
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "part", tmp_path / "taken")
    rename_new(tmp_path / "part", tmp_path / "free")
    assert (tmp_path / "taken").read_text() == "old" and (tmp_path / "free").read_text() == "new"
