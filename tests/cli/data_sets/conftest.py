"""Fixtures: the command line with the fake model, and a data set of three pictures that a local library has too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Invoke
from tests.data_sets import copied


@pytest.fixture
def data_set(indexed: Invoke, tmp_path: Path) -> str:
    """The address of a data set of what `indexed` has."""
    return copied(tmp_path / "lib", str(tmp_path / "data-set"))


@pytest.fixture
def remote(indexed: Invoke, tmp_path: Path, bucket: str) -> str:
    """The same in a bucket."""
    return copied(tmp_path / "lib", f"{bucket}/lib", f"{bucket}/photos")
