"""Tests of search.export.label_selection: which labels of which pictures are exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import InvalidRequest
from indexer.store.labels import find_label_set
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
    assert found(with_other=True) == {"a.png": ["cup"], "b.png": ["other"], "c.png": ["not cup"]}
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
