"""Tests of search.filters.names: texts in the names of files and folders."""

from __future__ import annotations

import os
import sys

import pytest

from indexer.errors import InvalidRequest
from indexer.spelling import composed, decomposed
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.names import LONGEST_NAME
from search.filters.passing import in_no_path
from tests.search.filters.rows import JULY, add, passing_ids, plan

PATHS = ["2019/rome/IMG_1.jpg", "2019 trip/IMGx1.jpg", "x2019/Paris/50%.jpg", "2020/a.jpg", "2020/2019"]


@pytest.mark.parametrize(
    ("named", "ids"),
    [
        ("2019", [1, 2, 3, 5]),
        ("2019/", [1, 3]),
        ("/2019/", [1]),
        ("/2019", [1, 2, 5]),
        ("2019/ROME", [1]),
        ("pAris", [3]),
        ("IMG_1", [1]),
        ("%", [3]),
        ("\\", []),
        (" ", None),
        (["2019", "2020"], [5]),
        (["img", "1.jpg", "trip"], [2]),
        ("photos", [1, 2, 3, 4, 5]),
        ("/Photos/2020", [4, 5]),
        ("tos/2019/r", [1]),
        ("photos/2019 t", [2]),
        ("home", []),
        ("anna/photos", []),
    ],
)
def test_a_text_is_somewhere_in_the_path_from_the_roots_name_on(
    store: Store, named: str | list[str], ids: list[int] | None
) -> None:
    for path in PATHS:
        add(store, path, "/home/anna/Photos")
    if ids is None:
        with pytest.raises(InvalidRequest, match="is empty"):
            make_filters(named=named)
    else:
        assert passing_ids(store, named=named) == ids


@pytest.mark.parametrize("spelled", [composed, decomposed])
def test_neither_case_nor_the_spelling_of_accents_matters(store: Store, spelled: object) -> None:
    assert callable(spelled)
    add(store, composed("Café/Straße.jpg"), composed("/Ä"))
    add(store, decomposed("Café/Straße.jpg"), decomposed("/Ä"))
    add(store, "cafe/plain.jpg", "/Ä")
    assert passing_ids(store, named=spelled("CAFÉ")) == [1, 2]
    assert passing_ids(store, named="cafe") == [3]
    assert passing_ids(store, named="STRASSE") == [1, 2]
    assert passing_ids(store, named=spelled("/ä/café/str")) == [1, 2]
    assert passing_ids(store, named=spelled("ä/")) == [1, 2, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="names are no bytes there")
def test_names_that_are_not_utf8_are_found_by_their_bytes(store: Store) -> None:
    add(store, os.fsdecode(b"caf\xe9/one.jpg"))
    add(store, "café/two.jpg", os.fsdecode(b"/old\xff"))
    assert passing_ids(store, named=os.fsdecode(b"caf\xe9")) == [1]
    assert passing_ids(store, named="ONE") == [1]
    assert passing_ids(store, named=os.fsdecode(b"\xff/CAF")) == [2]


def test_a_path_that_is_no_text_costs_no_answer(store: Store) -> None:
    number = add(store, "a/one.jpg")
    store.db.execute("UPDATE images SET path = CAST(x'ff2f6f6e65' AS TEXT) WHERE id = ?", [number])
    add(store, "b/one.jpg")
    assert passing_ids(store, named="one") == [1, 2]


def test_other_filters_choose_the_index(store: Store) -> None:
    add(store, "a/one.jpg", taken_at=JULY)
    add(store, "b/one.jpg")
    assert passing_ids(store, named="one", after=2021) == [1]
    assert "images_taken_at" in plan(store, named="one", after=2021)
    assert "images_root_path" in plan(store, named="one", folder="/photos/a")


def test_which_texts_are_in_no_path_at_all(store: Store) -> None:
    add(store, "2019/rome.jpg")
    add(store, "2020/oslo.jpg")
    assert in_no_path(store, ("2019", "oslo", "2021", "%")) == ("2021", "%")


@pytest.mark.parametrize("named", ["", ["a", " "], "a\0b", "x" * (LONGEST_NAME + 1), 2019, [2019], b"a"])
def test_what_no_name_has_is_refused(named: object) -> None:
    with pytest.raises(InvalidRequest):
        make_filters(named=named)  # type: ignore[arg-type]
