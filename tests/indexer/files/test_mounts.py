"""Tests of indexer.files.mounts; what runs make of it is tested with the plans (test_plan.py)."""

from __future__ import annotations

from pathlib import Path

from indexer.files.mounts import state_of
from tests.conftest import MakePicture


def test_states(photos: Path, picture: MakePicture) -> None:
    assert state_of(photos) == "empty"
    assert state_of(photos / "gone") == "not there"
    assert state_of(picture("a.png", "red")) == "not there"
    assert state_of(photos) == "mounted"
    (photos / "loop").symlink_to("loop")
    assert state_of(photos / "loop") == "not readable"
