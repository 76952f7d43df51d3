"""Tests of search.export.label_selection: which labels of which pictures are exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import SetDescription, StoredClass, add_labels, begin_set, find_label_set
from indexer.store.models import active_model
from indexer.store.store import Store
from search.export.label_selection import labelled_pictures, labels_by_file
from search.filters.filters import make_filters
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels


@pytest.fixture
def colours(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> dict[str, int]:
    """Pictures in the library, and their ids by their names."""
    for name in ("2023/a.png", "2024/b.png", "2024/c.png"):
        picture(name, "red")
    run(store, photos, encoder)
    return {path.rpartition("/")[2]: key for key, path in store.db.execute("SELECT id, path FROM images")}


def test_which_labels_go_out(store: Store, photos: Path, colours: dict[str, int]) -> None:
    rows = [(colours["a.png"], "cup", 0.9), (colours["b.png"], "other", 0.8), (colours["c.png"], "not cup", 0.4)]
    store_labels(store, ["cup", "car", "not cup"], rows)
    label_set = find_label_set(store, None)

    def found(**options: object) -> dict[str, list[str]]:
        pictures = labelled_pictures(store, label_set, **options)  # type: ignore[arg-type]
        return {path.name: labels for path, labels in labels_by_file(pictures).items()}

    assert found() == {"a.png": ["cup"], "b.png": [], "c.png": []}
    assert found(with_other=True) == {"a.png": ["cup"], "b.png": ["other"], "c.png": []}
    assert found(with_other=True, threshold=0.0) == {"a.png": ["cup"], "b.png": ["other"], "c.png": ["not cup"]}
    assert found(with_other=True, threshold=0.8) == {"a.png": ["cup"], "b.png": ["other"], "c.png": []}
    assert found(filters=make_filters(folder=photos / "2024")) == {"b.png": [], "c.png": []}


def test_sets_are_found_by_name(store: Store, colours: dict[str, int]) -> None:
    with pytest.raises(InvalidRequest, match="clipsearch label"):
        find_label_set(store, None)
    first = store_labels(store, ["cup", "car"], [])
    assert find_label_set(store, None).name == find_label_set(store, first).name == first
    second = store_labels(store, ["red", "blue"], [])
    for name in (None, "nonsense"):
        with pytest.raises(InvalidRequest, match=f'"{first}", "{second}"'):
            find_label_set(store, name)


def labels_of(store: Store, **options: object) -> set[tuple[str, str]]:
    """Return what is exported of the only label set."""
    pictures = labelled_pictures(store, find_label_set(store, None), **options)  # type: ignore[arg-type]
    return {(picture.hit.path.name, name) for picture in pictures for name, _ in picture.labels}


# A set's kind, its threshold, those of its classes, and which labels of a.png (0.9 cup), b.png (0.3 cup), c.png (0.3
# car) and d.png (0.3 other) are exported by default
DEFAULTS = {
    "one label, no threshold": ("softmax", 0.0, {}, "a"),
    "one label, its own threshold": ("softmax", 0.2, {}, "abcd"),
    "several labels": ("multi", 0.3, {}, "abcd"),
    "several labels, threshold 0": ("multi", 0.0, {}, "abcd"),
    "a class with a threshold": ("softmax", 0.0, {"cup": 0.2}, "abd"),
    "a class with the threshold 0": ("softmax", 0.0, {"car": 0.0}, "ac"),
    "a class with one, and the set": ("softmax", 0.1, {"car": 0.2}, "abcd"),
    "all classes with one": ("softmax", 0.0, {"cup": 0.1, "car": 0.3}, "abcd"),
    "several labels, a class with one": ("multi", 0.1, {"cup": 0.3}, "abcd"),
    "a high threshold": ("softmax", 0.8, {}, "abcd"),  # that the labels are below it can't be
}


@pytest.mark.parametrize("case", DEFAULTS)
def test_what_is_probable_enough_by_default(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, case: str
) -> None:
    kind, threshold, own, exported = DEFAULTS[case]
    rows = {"a.png": ("cup", 0.9), "b.png": ("cup", 0.3), "c.png": ("car", 0.3), "d.png": ("other", 0.3)}
    for name in rows:
        picture(name, "red")
    run(store, photos, encoder)
    model = active_model(store)
    assert model is not None
    classes = tuple(StoredClass(name, (name,), threshold=own.get(name)) for name in ("cup", "car"))
    made = SetDescription(kind, classes, ("{}",), True, threshold, 1.0, "by hand")
    label_set, _ = begin_set(store, model, "mine", made)
    ids = {path: key for key, path in store.db.execute("SELECT id, path FROM images")}
    add_labels(store, label_set, list(ids.values()), [(ids[name], *label) for name, label in rows.items()])
    assert find_label_set(store, None).classes == classes, "also a threshold of 0 is kept"
    wanted = {(f"{letter}.png", rows[f"{letter}.png"][0]) for letter in exported}
    assert labels_of(store, with_other=True) == wanted
    assert labels_of(store) == {pair for pair in wanted if pair[1] != "other"}
    assert len(labels_of(store, with_other=True, threshold=0.0)) == 4
    assert labels_of(store, with_other=True, threshold=0.9) == {("a.png", "cup")}
    pictures = labelled_pictures(store, find_label_set(store, None), with_other=True)
    assert sum(hit.unsure for hit in pictures) == 4 - len(exported)
