"""Tests of indexer.exported.failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.exported import failures
from indexer.exported.failures import FAILED, MORE_ROOM, has_failed, remember_failure


def test_a_failure_holds_for_the_same_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tower"
    assert not has_failed(folder, 1, needs_load=False)
    remember_failure(folder, 1, ValueError("no such operator"), loaded=True)
    assert "ValueError: no such operator" in (folder / FAILED).read_text()
    assert has_failed(folder, 1, needs_load=False) and not has_failed(folder, 2, needs_load=False)
    monkeypatch.setattr(failures, "versions", lambda: {"torch": "99"})
    assert not has_failed(folder, 1, needs_load=False)


def test_weights_that_are_gone_count_only_where_they_are_needed(tmp_path: Path) -> None:
    remember_failure(tmp_path / "tower", 1, OSError("no such file"), loaded=False)
    assert has_failed(tmp_path / "tower", 1, needs_load=True)
    assert not has_failed(tmp_path / "tower", 1, needs_load=False)


def test_a_failure_that_cannot_be_kept_is_no_other_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    remember_failure(tmp_path / "file" / "tower", 1, OSError("full"), loaded=True)
    assert not has_failed(tmp_path / "file" / "tower", 1, needs_load=False)


def test_a_full_disk_counts_until_there_is_more_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = [10**9]
    monkeypatch.setattr(failures, "_free", lambda: room[0])
    remember_failure(tmp_path / "tower", 1, OSError(28, "No space left on device"), loaded=True)
    room[0] += MORE_ROOM
    assert has_failed(tmp_path / "tower", 1, needs_load=False)
    room[0] += 1
    assert not has_failed(tmp_path / "tower", 1, needs_load=False)
    remember_failure(tmp_path / "tower", 1, ValueError("no such operator"), loaded=True)
    room[0] *= 2
    assert has_failed(tmp_path / "tower", 1, needs_load=False), "room does not help there"
