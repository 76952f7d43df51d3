"""Tests of indexer.data_sets.failures_table."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from indexer.addresses import FAILURES
from indexer.data_sets.failures_table import FailedPicture, FailuresTable

FAILED = FailedPicture("/photos/a'\udce9.jpg", "1-2", "/photos", None, "truncated \udcff", True, "2026-01-01T00:00:00")


def test_a_failure_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    table = FailuresTable(str(tmp_path))
    table.replace([FAILED, dataclasses.replace(FAILED, address="b", source="it's another")])
    newer = dataclasses.replace(FAILED, reason="too large", lasting=False)
    table.replace([FAILED, newer])
    assert table.count() == 2
    assert list(FailuresTable(str(tmp_path)).all("/photos")) == [newer]
    assert [failure.address for failure in table.all("it's another")] == ["b"]


def test_failures_are_forgotten_by_address(tmp_path: Path) -> None:
    table = FailuresTable(str(tmp_path))
    table.replace([dataclasses.replace(FAILED, address=f"a{number}") for number in range(3000)])
    table.forget([*(f"a{number}" for number in range(2999)), "unknown"])
    assert [failure.address for failure in table.all()] == ["a2999"]


def test_a_library_without_failures_is_only_read(tmp_path: Path) -> None:
    table = FailuresTable(str(tmp_path))
    assert (list(table.all()), table.count()) == ([], 0)
    table.forget(["a"])
    table.replace([])
    assert not (tmp_path / FAILURES).exists()
    FailuresTable(str(tmp_path)).replace([FAILED])
    assert list(table.all()) == [FAILED]
