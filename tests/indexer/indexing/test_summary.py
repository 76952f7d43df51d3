"""Tests of indexer.indexing.summary."""

from __future__ import annotations

import pytest

from indexer.indexing.summary import Summary


def test_the_rate_is_that_of_encoding_alone() -> None:
    assert Summary(encoded=30, encoding_seconds=2.0, seconds=100.0).rate == 15.0
    assert Summary().rate == 0.0


@pytest.mark.parametrize("name", ["encoded", "moved", "copied", "forgotten"])
def test_what_changes_the_library(name: str) -> None:
    assert Summary(**{name: 1}).changed  # type: ignore[arg-type]
    assert not Summary(found=5, unchanged=4, failed=1, failed_before=1).changed
