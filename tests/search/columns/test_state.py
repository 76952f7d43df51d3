"""Tests of search.columns.state: what changes pictures or labels changes its token, whoever does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.store.models import remember_model
from indexer.store.store import Store
from search.columns.state import labels_state, library_state, pictures_state
from tests.fakes import ColourEncoder
from tests.label_sets import save_labels
from tests.search.filters.rows import JULY, add


@pytest.fixture
def labelled(store: Store, encoder: ColourEncoder) -> Store:
    """Two pictures, one with a label."""
    image = add(store, "1.jpg")
    add(store, "2.jpg")
    save_labels(store, remember_model(store, encoder), ["cup"], [(image, "cup", 0.9)])
    return store


PICTURES: tuple[Callable[[Store], object], ...] = (
    lambda store: add(store, "3.jpg"),
    lambda store: store.db.execute("DELETE FROM images WHERE id = 2"),
    lambda store: store.db.execute("UPDATE images SET taken_at = ? WHERE id = 1", [JULY]),
    lambda store: store.db.execute("UPDATE images SET path = 'moved.jpg' WHERE id = 1"),
    lambda store: store.db.execute("UPDATE roots SET path = '/moved'"),
    lambda store: store.db.execute("DELETE FROM roots"),
)
LABELS: tuple[Callable[[Store], object], ...] = (
    lambda store: store.db.execute("UPDATE labels SET class = 'car'"),
    lambda store: store.db.execute("DELETE FROM labels"),
    lambda store: store.db.execute("INSERT INTO labels (label_set, image, class, probability) VALUES (1, 2, 'cup', 1)"),
    lambda store: store.db.execute("UPDATE label_sets SET name = 'other'"),
)
NOTHING: tuple[Callable[[Store], object], ...] = (
    lambda store: store.db.execute("UPDATE images SET perceptual_hash = x'00', ctime_ns = 5"),
    lambda store: store.db.execute("INSERT INTO texts (model, text, vector) VALUES (1, 'cup', x'00')"),
    lambda store: store.db.execute("UPDATE models SET verified = 1"),
    lambda store: store.db.execute("SELECT 1"),
)


@pytest.mark.parametrize("change", PICTURES)
def test_pictures(labelled: Store, change: Callable[[Store], object]) -> None:
    before, whole = pictures_state(labelled), library_state(labelled)
    with Store.open(labelled.folder) as other:  # type: ignore[arg-type]
        change(other)
    assert pictures_state(labelled) != before and library_state(labelled) != whole


@pytest.mark.parametrize("change", LABELS)
def test_labels(labelled: Store, change: Callable[[Store], object]) -> None:
    pictures, labels, whole = pictures_state(labelled), labels_state(labelled), library_state(labelled)
    with Store.open(labelled.folder) as other:  # type: ignore[arg-type]
        change(other)
    assert labels_state(labelled) != labels and library_state(labelled) != whole
    assert pictures_state(labelled) == pictures


@pytest.mark.parametrize("change", NOTHING)
def test_what_a_page_does_not_show_changes_nothing(labelled: Store, change: Callable[[Store], object]) -> None:
    before = library_state(labelled)
    change(labelled)
    assert library_state(labelled) == before


def test_embeddings_change_the_whole(labelled: Store) -> None:
    before, pictures = library_state(labelled), pictures_state(labelled)
    labelled.db.execute("INSERT INTO embeddings (image, model, vector) VALUES (1, 1, x'00')")
    assert library_state(labelled) != before and pictures_state(labelled) == pictures


def test_a_library_that_was_put_back_is_another(labelled: Store) -> None:
    """A counter would come to the same number again."""
    seen = set()
    for number in range(5):
        labelled.db.execute("UPDATE images SET width = ?", [number % 2 + 1])
        seen.add(pictures_state(labelled))
    assert len(seen) == 5


@pytest.mark.parametrize("damage", ["DELETE FROM changes", "DROP TABLE changes"])
def test_without_the_numbers_what_else_tells_changes_does(labelled: Store, damage: str) -> None:
    if damage.startswith("DROP"):
        for event in ("insert", "update", "delete"):
            labelled.db.execute(f"DROP TRIGGER images_changed_{event}")
            labelled.db.execute(f"DROP TRIGGER labels_changed_{event}")
    labelled.db.execute(damage)
    before = pictures_state(labelled)
    assert pictures_state(labelled) == before
    add(labelled, "3.jpg")
    assert pictures_state(labelled) != before
