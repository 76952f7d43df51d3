"""Label sets for tests, without labelling."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.labels import label_sets, save_labels
from indexer.store import Store


def store_labels(store: Store, classes: Sequence[str], rows: Sequence[tuple[int, str, float]]) -> str:
    """Store a label set with (image id, class, probability) rows in place of those it had, and return its name."""
    model = store.active_model()
    assert model is not None
    save_labels(store, model, classes, "{}", rows)
    return label_sets(store)[-1].name
