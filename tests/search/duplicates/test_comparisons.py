"""Tests of search.duplicates.comparisons: two files are compared once."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.duplicates import comparisons
from search.duplicates.groups import find_duplicates
from search.library.library import Library
from tests.search.duplicates.conftest import names
from tests.shots import Shot, index


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are decoded to be compared."""
    decoded: list[str] = []
    reduced = comparisons.reduced

    def counted(path: Path, form: str) -> comparisons.Reduced | None:
        decoded.append(path.name)
        return reduced(path, form)

    monkeypatch.setattr(comparisons, "reduced", counted)
    return decoded


def test_they_are_kept_also_when_files_move(library: Library, photos: Path, shot: Shot, compared: list[str]) -> None:
    shot(1, "a.jpg", (640, 480))
    shot(1, "b.jpg")
    index(library, photos)
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]]
    assert sorted(compared) == ["a.jpg", "b.jpg"]
    (photos / "b.jpg").rename(photos / "moved.jpg")
    index(library, photos)
    assert names(find_duplicates(library)) == [["a.jpg", "moved.jpg"]] and len(compared) == 2
    shot(1, "moved.jpg", quality=60)
    index(library, photos)
    assert names(find_duplicates(library)) == [["a.jpg", "moved.jpg"]] and len(compared) == 4


def test_those_of_an_older_method_are_made_again(
    library: Library, photos: Path, shot: Shot, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shot(1, "a.jpg", (640, 480))
    shot(1, "b.jpg")
    index(library, photos)
    find_duplicates(library)
    monkeypatch.setattr(comparisons, "METHOD", comparisons.METHOD + 1)
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]] and len(compared) == 4
    assert library.store.db.execute("SELECT count(*), min(method) FROM comparisons").fetchone() == (
        1,
        comparisons.METHOD,
    )


def test_a_library_that_can_not_be_written_compares_too(
    library: Library, photos: Path, shot: Shot, compared: list[str]
) -> None:
    shot(1, "a.jpg", (640, 480))
    shot(1, "b.jpg")
    index(library, photos)
    library.store.read_only = True
    library.store.db.execute("PRAGMA query_only = ON")
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]] == names(find_duplicates(library))
    assert len(compared) == 4
