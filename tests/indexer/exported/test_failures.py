"""Tests of indexer.exported.failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.exported import failures
from indexer.exported.failures import FAILED, PASSING_SECONDS, has_failed, remember_failure


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


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_what_may_pass_is_tried_again_a_day_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    now = [10.0**9]
    monkeypatch.setattr(failures.time, "time", lambda: now[0])
    remember_failure(tmp_path / "tower", 1, error, loaded=True)
    assert has_failed(tmp_path / "tower", 1, needs_load=False)
    now[0] += PASSING_SECONDS + 1
    assert not has_failed(tmp_path / "tower", 1, needs_load=False)
    now[0] -= 10 * PASSING_SECONDS
    assert not has_failed(tmp_path / "tower", 1, needs_load=False), "the clock was wrong then"


def test_onnxruntime_says_in_its_own_way_that_a_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, room = [10.0**9], [10**6]
    monkeypatch.setattr(failures.time, "time", lambda: now[0])
    monkeypatch.setattr(failures, "_has_space", lambda _: room[0] > 10**9)
    for room[0], lasts in ((10**6, False), (10**12, True)):
        remember_failure(tmp_path / "tower", 1, RuntimeError("Fail"), loaded=True)
        now[0] += PASSING_SECONDS + 1
        assert has_failed(tmp_path / "tower", 1, needs_load=False) == lasts
