"""Labels in the store: for each set of classes, the best class of every picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.store import Store, StoredModel, now


@dataclass(frozen=True, slots=True)
class LabelSet:
    """A set of classes that pictures were labelled with."""

    id: int
    name: str
    model: str
    kind: str  # "softmax", or "multi" if a picture may have several labels or none
    class_names: tuple[str, ...]
    labelled_at: str  # UTC, ISO 8601


def label_sets(store: Store) -> list[LabelSet]:
    """Return all label sets, the oldest first."""
    rows = store.db.execute(
        "SELECT s.id, m.name, s.classes, s.labelled_at FROM label_sets s JOIN models m ON m.id = s.model ORDER BY s.id"
    )
    found = [(key, model, tuple(json.loads(classes)), at) for key, model, classes, at in rows]
    return [LabelSet(key, ",".join(names), model, "softmax", names, at) for key, model, names, at in found]


def labels_in(store: Store, label_set: int) -> Iterator[tuple[int, str, float]]:
    """Yield (image id, class, probability) of each label in a set."""
    yield from store.db.execute("SELECT image, class, probability FROM labels WHERE label_set = ?", [label_set])


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
