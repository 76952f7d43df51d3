"""Label sets for tests, without labelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.store.labels import SetDescription, StoredClass, add_labels, begin_set
from indexer.store.models import StoredModel, active_model
from indexer.store.store import Store


def store_labels(store: Store, classes: Sequence[str], rows: Sequence[tuple[int, str, float]]) -> str:
    """Store a label set with (image id, class, probability) rows in place of those it had, and return its name."""
    model = active_model(store)
    assert model is not None
    return save_labels(store, model, classes, rows)


def save_labels(
    store: Store,
    model: StoredModel,
    classes: Sequence[str],
    rows: Iterable[tuple[int, str, float]],
    kind: str = "softmax",
) -> str:
    """Store a label set of a model with (image id, class, probability) rows, and return its name."""
    name, found = ",".join(classes), list(rows)
    described = tuple(StoredClass(one, (one,)) for one in classes)
    made = SetDescription(kind, described, ("{}",), False, 0.0, 1.0, "made by hand")
    label_set, _ = begin_set(store, model, name, made)
    add_labels(store, label_set, [image for image, _, _ in found], found)
    return name
