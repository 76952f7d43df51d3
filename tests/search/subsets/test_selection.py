"""Tests of search.subsets.selection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import search.subsets.selection as selection
from indexer.errors import InvalidRequest
from indexer.store.corrections import correct
from indexer.store.labels import find_label_set
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.library.library import Library
from search.query.ask import QueryRequest
from search.query.terms import make_query
from search.subsets.selection import Labels, choose
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels

ALL = QueryRequest(None)


def ids_by_name(library: Library) -> dict[str, int]:
    return {name: key for key, name in library.store.db.execute("SELECT id, path FROM images")}


def test_all_pictures_by_path_without_labels_where_there_are_none(library: Library) -> None:
    subset = choose(library, ALL, Labels(), "all")
    assert [picture.name for picture in subset.pictures] == ["blue.png", "red.png", "lime.png"]
    assert (subset.label_set, subset.classes, subset.model) == (None, (), "colour")
    assert subset.pictures[0].size and subset.pictures[0].score is None
    with pytest.raises(InvalidRequest, match="clipsearch label"):
        choose(library, ALL, Labels(needed=True), "all")


def test_labels_of_the_only_set_and_what_a_person_said(library: Library) -> None:
    ids = ids_by_name(library)
    rows = [(ids["a/red.png"], "cup", 0.9), (ids["a/blue.png"], "car", 0.3), (ids["b/lime.png"], "other", 0.8)]
    name = store_labels(library.store, ["cup", "car"], rows)
    by_name = {picture.name: picture for picture in choose(library, ALL, Labels(), "all").pictures}
    assert by_name["red.png"].labels == (("cup", 0.9),)
    assert by_name["blue.png"].labels == () == by_name["lime.png"].labels
    only = choose(library, ALL, Labels(only=True), "all")
    assert ([picture.name for picture in only.pictures], only.unlabelled) == (["red.png"], 2)
    wide = choose(library, ALL, Labels(threshold=0.0, with_other=True), "all")
    assert [picture.label for picture in wide.pictures] == ["car", "cup", "other"]
    assert wide.classes == ("cup", "car", "other")
    correct(library.store, find_label_set(library.store, name).id, [ids["a/blue.png"]], ("car",), "ann")
    said = {picture.name: picture for picture in choose(library, ALL, Labels(), "all").pictures}["blue.png"]
    assert (said.labels, said.said_by) == ((("car", 1.0),), "ann")
    assert not any(picture.labels for picture in choose(library, ALL, Labels(none=True), "all").pictures)


def test_several_sets_need_a_name(library: Library) -> None:
    (image, *_) = ids_by_name(library).values()
    store_labels(library.store, ["cup", "car"], [(image, "cup", 0.9)])
    store_labels(library.store, ["cat"], [(image, "cat", 0.9)])
    with pytest.raises(InvalidRequest, match="several label sets"):
        choose(library, ALL, Labels(), "all")
    assert choose(library, ALL, Labels("cat"), "all").classes == ("cat",)


def test_a_query_gives_all_that_match_however_many(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(16):
        picture(f"{number}.png", "red" if number < 13 else "blue")
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    request = QueryRequest(make_query("red"), cutoff=0.99)
    monkeypatch.setattr(selection, "FIRST_K", 2)
    found = choose(library, request, Labels(), "red").pictures
    assert len(found) == 13 and all(one.score is not None and one.score > 0.99 for one in found)
    assert len(choose(library, QueryRequest(make_query("red"), k=3), Labels(), "red").pictures) == 3


def test_what_has_no_cutoff_needs_a_number(library: Library) -> None:
    for request in (QueryRequest(make_query("red"), cutoff="none"), QueryRequest(make_query("red", minus=["blue"]))):
        with pytest.raises(InvalidRequest, match="-k"):
            choose(library, request, Labels(), "red")
    filtered = choose(library, QueryRequest(None, filters=make_filters(named="a/")), Labels(), "")
    assert [picture.name for picture in filtered.pictures] == ["blue.png", "red.png"]
    assert np.isclose(filtered.bytes, sum(picture.size for picture in filtered.pictures))
