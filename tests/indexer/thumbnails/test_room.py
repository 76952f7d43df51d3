"""Tests of indexer.thumbnails.room."""

from __future__ import annotations

import pytest

from indexer.errors import InvalidRequest
from indexer.thumbnails.room import VARIABLE, room


@pytest.mark.parametrize(
    ("value", "size"),
    [(None, 2 * 10**9), ("", 2 * 10**9), ("500MB", 500_000_000), (" 1.5 gib ", 3 * 2**29), ("0", 0), ("1TB", 10**12)],
)
def test_it_is_set_by_a_variable(monkeypatch: pytest.MonkeyPatch, value: str | None, size: int) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert room() == size


@pytest.mark.parametrize("value", ["-1", "2", "many", "500", "1kB", "15MB", "1e9MB", "\u0665GB", "9" * 40 + "GB"])
def test_nonsense_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(InvalidRequest, match=r"it takes the most .* such as 500MB"):
        room()
