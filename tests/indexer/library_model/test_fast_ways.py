"""Tests of indexer.library_model.fast_ways."""

from __future__ import annotations

import os
import sys

import pytest

from indexer.library_model.fast_ways import gpu_seems_present


def test_whether_there_may_be_a_gpu_is_known_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for there in (True, False):
        monkeypatch.setattr(os.path, "exists", lambda _, there=there: there)
        assert gpu_seems_present() is there
