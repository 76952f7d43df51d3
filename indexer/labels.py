"""Labels in the store: for each set of classes, the best class of every picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from indexer.store import Store, StoredModel, now


def save_labels(
    store: Store,
    model: StoredModel,
    classes: Sequence[str],
    template: str,
    found: Iterable[tuple[int, str, float]],
) -> None:
    """Store (image id, class, probability) rows under a set of classes, in one transaction.

    Labelling again with the same classes and template replaces a picture's label. A picture or model that was
    removed meanwhile is passed over, and a library that can't be written to keeps none.
    """
    if store.read_only:
        return
    key = [model.id, json.dumps(list(classes), ensure_ascii=False), template]
    with store.writing():
        store.db.execute(
            "INSERT INTO label_sets (model, classes, template, labelled_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (model, classes, template) DO UPDATE SET labelled_at = excluded.labelled_at",
            [*key, now()],
        )
        label_set = store.db.execute(
            "SELECT id FROM label_sets WHERE model = ? AND classes = ? AND template = ?", key
        ).fetchone()[0]
        store.db.conn.executemany(
            "INSERT OR REPLACE INTO labels (label_set, image, class, probability)"
            " SELECT ?, id, ?, ? FROM images WHERE id = ?",
            ((label_set, name, probability, image) for image, name, probability in found),
        )
