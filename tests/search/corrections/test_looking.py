"""Tests of search.corrections.looking: the least certain first, and pages that stay in step."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.store import Store
from search.corrections.judged_set import JudgedSet
from search.corrections.looking import LookOrder, look_at
from search.library.library import Library
from tests.conftest import MakePicture
from tests.search.corrections.corrected import ids, labelled, say, shades


def names(library: Library, images: list[int]) -> list[str]:
    by_id = {id: name.removesuffix("-0") for name, id in ids(library).items()}
    return [by_id[image] for image in images]


def test_the_least_certain_come_first_and_pages_go_on_where_the_last_ended(
    store: Store, picture: MakePicture, photos: Path
) -> None:
    library = shades(store, picture, photos)
    mine = labelled(library)
    judged = JudgedSet(library, mine)
    first = look_at(judged, library, limit=4)
    assert first.total == 10 and set(names(library, first.images.tolist())) == {"3", "4", "5", "6"}
    assert list(first.margins) == sorted(first.margins) and first.last is not None
    say(library, mine, _4="blue", _6="red")
    second = look_at(judged, library, limit=4, after=first.last, corrected="no")
    assert second.total == 8 and set(names(library, second.images.tolist())) == {"1", "2", "7", "8"}
    third = look_at(judged, library, limit=4, after=second.last, corrected="no")
    assert set(names(library, third.images.tolist())) == {"0", "9"} and third.last is None
    assert set(names(library, look_at(judged, library, corrected="yes").images.tolist())) == {"4", "6"}
    assert set(names(library, look_at(judged, library, label="blue").images.tolist())) == {"4", "5", "7", "8", "9"}
    assert look_at(judged, library, label="blue", corrected="yes").total == 1
    assert look_at(judged, library, label="green").total == 0


@pytest.mark.parametrize(
    ("order", "expected"), [("path", list("0123456789")), ("sure", ["0", "9"]), ("uncertain", ["4", "5"])]
)
def test_orders(store: Store, picture: MakePicture, photos: Path, order: LookOrder, expected: list[str]) -> None:
    library = shades(store, picture, photos)
    judged = JudgedSet(library, labelled(library))
    found: list[int] = []
    after = None
    while True:
        page = look_at(judged, library, order=order, limit=3, after=after)
        found += page.images.tolist()
        after = page.last
        if after is None:
            break
    shown = names(library, found)
    assert sorted(shown) == list("0123456789")
    assert shown == expected if order == "path" else set(shown[:2]) == set(expected)


def test_what_the_model_has_not_judged_comes_last(store: Store, picture: MakePicture, photos: Path) -> None:
    library = shades(store, picture, photos)
    judged = JudgedSet(library, labelled(library))
    store.db.execute("DELETE FROM embeddings WHERE image = ?", [ids(library)["4-0"]])
    page = look_at(JudgedSet(library, judged.label_set), library)
    assert names(library, page.images.tolist())[-1] == "4" and page.margins[-1] != page.margins[-1]
