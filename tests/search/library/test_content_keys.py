"""Tests of search.library.content_keys: pictures by what their files hold."""

from __future__ import annotations

from pathlib import Path

from search.library.content_keys import content_keys, images_with
from search.library.library import Library
from tests.conftest import run
from tests.fakes import ColourEncoder


def test_a_key_finds_its_picture_wherever_it_is(library: Library, photos: Path) -> None:
    keys = content_keys(library.store, [1, 2, 99])
    assert keys.keys() == {1, 2} and images_with(library.store, list(keys.values())) == {keys[1]: 1, keys[2]: 2}
    (photos / "a" / "red.png").rename(photos / "moved.png")
    run(library.store, photos, ColourEncoder())
    assert images_with(library.store, [keys[2], keys[2], "no key", "1:00:0"]) == {keys[2]: 2}


def test_what_has_no_hash_has_no_key(library: Library) -> None:
    library.store.db.execute("UPDATE images SET content_hash = NULL WHERE id = 1")
    library.store.db.execute("UPDATE images SET content_hash = 'text' WHERE id = 2")
    assert content_keys(library.store, [1, 2, 3]).keys() == {3}
