"""Fixtures: a library's folder, and a folder to make."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.results import Hit


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library's folder."""
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def best(tmp_path: Path) -> Path:
    """A folder to make."""
    return tmp_path / "new" / "best"


def hits(*paths: Path) -> list[Hit]:
    """Return hits of these paths."""
    return [Hit(path, 0.5) for path in paths]


def names(folder: Path) -> list[str]:
    """Return the names of the pictures in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("clipsearch-manifest"))
