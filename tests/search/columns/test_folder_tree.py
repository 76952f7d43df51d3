"""Tests of search.columns.folder_tree: parents are added, children come in natural order, counts are of subtrees."""

from __future__ import annotations

import numpy as np

from search.columns.folder_tree import FolderTree

PLACES = [(2, "b"), (1, "2021/img 10/x"), (1, "2021/img 2"), (1, "2021/img 10"), (1, "2021-a"), (2, "b/c/d")]


def test_a_tree_has_all_that_its_folders_are_in() -> None:
    tree = FolderTree.of(PLACES)
    assert [tree.places[number] for number in tree.children(None)] == [(1, ""), (2, "")]
    assert [tree.places[number][1] for number in tree.children(tree.number((1, "")))] == ["2021", "2021-a"]
    assert [tree.places[number][1] for number in tree.children(tree.number((1, "2021")))] == [
        "2021/img 2",
        "2021/img 10",
    ]
    assert [tree.places[number][1] for number in tree.children(tree.number((2, "b")))] == ["b/c"]
    assert tree.children(tree.number((2, "b/c/d"))) == [] and tree.number((3, "")) is None


def test_counts_are_of_all_that_is_below() -> None:
    tree = FolderTree.of(PLACES)
    own = {place: 10**number for number, place in enumerate(PLACES)}
    counts = tree.subtree_counts(np.array([own.get(place, 0) for place in tree.places]))
    for number, (root, path) in enumerate(tree.places):
        below = [
            one for one in PLACES if one[0] == root and (not path or one[1] == path or one[1].startswith(path + "/"))
        ]
        assert counts[number] == sum(own[place] for place in below)


def test_folders_that_sort_alike_keep_what_is_below_them_apart() -> None:
    tree = FolderTree.of([(1, "a/b"), (1, "A/b"), (1, "a/c"), (1, "A/0"), (1, "a01/x"), (1, "a1/y")])
    for number, (_, path) in enumerate(tree.places):
        inside = [other for _, other in tree.places[number : tree.ends[number]]]
        below = [other for _, other in tree.places if not path or f"{other}/".startswith(f"{path}/")]
        assert sorted(inside) == sorted(below)


def test_no_folders_are_no_tree() -> None:
    tree = FolderTree.of([])
    assert len(tree) == 0 and tree.children(None) == [] and tree.subtree_counts(np.empty(0, np.int64)).tolist() == []
