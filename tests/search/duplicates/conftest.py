"""Fixtures: shots, and a library to index them into."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.duplicates.groups import DuplicateGroup
from search.library.library import Library
from tests.shots import Shot, library_of, save_shot


@pytest.fixture
def shot(photos: Path) -> Shot:
    """Save a picture, shot(1, "a.jpg", (800, 600)): the same number is the same scene."""
    return partial(save_shot, photos)


@pytest.fixture
def library(store: Store, photos: Path) -> Library:
    """A library with one plain picture."""
    return library_of(store, photos)


def names(groups: list[DuplicateGroup]) -> list[list[str]]:
    """Return the file names of each group."""
    return [[picture.hit.path.name for picture in group.pictures] for group in groups]


def matches(group: DuplicateGroup) -> list[tuple[str, str]]:
    """Return the file name of each picture of a group, and what it is to the best."""
    return [(picture.hit.path.name, picture.match) for picture in group.pictures]
