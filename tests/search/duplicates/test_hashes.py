"""Tests of search.duplicates.hashes: hashes that an older library lacks."""

from __future__ import annotations

from pathlib import Path

from search.duplicates.groups import find_duplicates
from search.library.library import Library
from tests.search.duplicates.conftest import names
from tests.shots import Shot, index


def test_hashes_that_an_older_library_lacks_are_made_and_kept(library: Library, photos: Path, shot: Shot) -> None:
    for name, size in (("a.jpg", (640, 480)), ("b.jpg", (320, 240)), ("gone.jpg", (160, 120))):
        shot(1, name, size)
    shot(2, "far.jpg")
    index(library, photos)
    library.store.db.execute("UPDATE images SET perceptual_hash = NULL")
    (photos / "gone.jpg").unlink()
    assert names(find_duplicates(library, threshold=0.99)) == [["a.jpg", "b.jpg"]]
    rows = library.store.db.execute("SELECT path FROM images WHERE perceptual_hash IS NOT NULL").fetchall()
    assert {"a.jpg", "b.jpg"} <= {row[0] for row in rows} and ("gone.jpg",) not in rows


def test_a_library_that_can_not_be_written_answers_too(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "a.jpg", (640, 480))
    shot(1, "b.jpg")
    index(library, photos)
    library.store.db.execute("UPDATE images SET perceptual_hash = NULL")  # from before there was one
    library.store.read_only = True
    library.store.db.execute("PRAGMA query_only = ON")
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]]
