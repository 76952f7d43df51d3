"""Fixtures: the sample images in a local library and in a data set, with the same embeddings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from search.data_sets.opened import OpenDataSet, open_data_set
from search.library.library import Library, open_library
from tests.data_sets import copied


class Pair(NamedTuple):
    """The same pictures in two kinds of library."""

    local: Library
    data_set: OpenDataSet


@pytest.fixture(scope="module")
def sample_data_set(sample_library: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a data set of the sample images."""
    return copied(sample_library, str(tmp_path_factory.mktemp("data-set") / "library"))


@pytest.fixture(scope="module")
def pair(sample_library: Path, sample_data_set: str, cache: Path) -> Iterator[Pair]:
    """Both, open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIPSEARCH_CACHE", str(cache))  # which the environment of each test has only later
        with open_library(sample_library) as local, open_data_set(sample_data_set) as data_set:
            yield Pair(local, data_set)
