"""Tests of search.filters.subtrees: folders that the database alone knows."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from indexer.errors import FolderError, InvalidRequest
from indexer.store.store import Store
from search.filters.filters import Filters, describe
from search.filters.passing import Passing
from search.filters.subtrees import Subtree, parse_subtree
from tests.search.filters.rows import add

ODD = os.fsdecode(b"a/\xff/1.jpg")


def below(store: Store, *texts: str) -> list[str]:
    """Return the paths of the pictures below some folders."""
    passing = Passing.of(store, Filters(subtrees=tuple(map(parse_subtree, texts))))
    paths = dict(store.db.execute("SELECT id, path FROM images"))
    return [paths[image] for image in passing.listed(store)]


def untouched(real: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the system that fails if it is called with a path of the library's."""

    def call(path: Any = ".", *arguments: Any, **options: Any) -> Any:
        assert "nowhere" not in str(path), "the disk was looked at"
        return real(path, *arguments, **options)

    return call


@pytest.fixture
def library(store: Store) -> Store:
    """Pictures in two roots, 1 and 2, which are nowhere on the disk."""
    store.db.execute("INSERT INTO roots (path, added_at) VALUES ('/nowhere/one', ''), ('/nowhere/two', '')")
    for name in ("a/1.jpg", "a/b/2.jpg", "a-z/3.jpg", "a.jpg", "A/4.jpg", "a0/5.jpg", ODD, "50%/x_y/6.jpg"):
        add(store, name, "/nowhere/one")
    add(store, "a/7.jpg", "/nowhere/two")
    return store


def test_all_below_a_folder_and_nothing_beside_it(library: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lstat", "stat", "listdir", "scandir", "open"):
        monkeypatch.setattr(os, name, untouched(getattr(os, name)))
    assert below(library, "1:a") == ["a/1.jpg", "a/b/2.jpg", "a/\\xff/1.jpg"]
    assert below(library, "1:a/b/") == ["a/b/2.jpg"] and below(library, "1:50%/x_y") == ["50%/x_y/6.jpg"]
    assert below(library, "2:a") == below(library, "2:") == ["a/7.jpg"]
    assert below(library, "1:a/b", "2:") == ["a/b/2.jpg", "a/7.jpg"]
    assert len(below(library, "1:")) == 8
    assert below(library, os.fsdecode(b"1:a/\xff")) == ["a/\\xff/1.jpg"]
    assert below(library, "1:gone") == [] == below(library, "1:../two/a")


def test_a_root_that_is_gone_is_said(library: Store) -> None:
    with pytest.raises(FolderError, match="no root 7 any more"):
        below(library, "7:a")


@pytest.mark.parametrize(
    "text", ["", "a", ":a", "-1:a", "1.5:a", "\u0661:a", "1:a\0b", "9999999999:a", "1:\ud800", "1:" + "x" * 5000]
)
def test_what_names_no_folder_is_refused(text: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_subtree(text)


def test_a_folder_is_named_as_it_was_given() -> None:
    assert str(parse_subtree("3:2019/rome/")) == "3:2019/rome"
    assert describe(Filters(subtrees=(Subtree(3, "2019"), Subtree(4)))) == "below 3:2019 or 4:"
