"""Fixtures: a library's folder with a journal, and pictures to copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.paths import from_fields
from search.journal.journal import Journal
from search.journal.journal_files import read_lines
from search.results import Hit
from tests.conftest import MakePicture


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library's folder."""
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def journal(library: Path) -> Journal:
    """A journal that has begun."""
    return Journal.begin(library, "test")


@pytest.fixture
def best(tmp_path: Path) -> Path:
    """A folder to make."""
    return tmp_path / "new" / "best"


@pytest.fixture
def pictures(picture: MakePicture) -> list[Hit]:
    """Three pictures, one with a name that is not UTF-8."""
    names = ("a.png", "b.png", os.fsdecode(b"caf\xe9.png"))
    return [Hit(picture(name, "red", (16 + number, 12)), 0.5) for number, name in enumerate(names)]


def ops(journal: Journal) -> list[tuple[str, str]]:
    """Return what a journal has recorded, and of which names."""
    return [(line["op"], Path(from_fields(line)).name) for line in read_lines(journal.file) if "op" in line]
