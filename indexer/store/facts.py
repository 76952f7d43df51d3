"""What a person said of pictures, as far as it counts now: it stands in the table `labels`, certain, with its act.

A statement counts while its set has the classes that it names; "none of them" counts while the set has no class that
it did not have then. What does not count stays stored, and counts again with the classes. A statement stays with its
picture: through moves, edits and copies, and also when the picture leaves the library and comes back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.store.soundness import PROBABLE
from indexer.store.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE_OF_THEM = "other"  # the label of what a person said is none of the classes
_GIVEN = "CASE WHEN a.labels = '[]' THEN '[\"other\"]' ELSE a.labels END"


@dataclass(frozen=True, slots=True)
class Fact:
    """What a person said of a picture."""

    labels: tuple[str, ...]  # "other" if it is none of the classes
    said_by: str
    said_at: str  # UTC, ISO 8601
    act: int


def holds_under(classes: Collection[str], said: Collection[str], classes_then: Collection[str]) -> bool:
    """Return whether a statement of these labels counts in a set that has the `classes` now."""
    if not said:
        return set(classes) <= set(classes_then)
    return set(said) <= set(classes)


def facts_in(store: Store, label_set: int, images: Iterable[int] | None = None) -> dict[int, Fact]:
    """Return what counts of what a person said in a set, by picture: of all, or of these."""
    select = (
        "SELECT l.image, l.class, l.act, a.said_by, a.said_at FROM labels l JOIN correction_acts a ON a.id = l.act"
        f" WHERE l.label_set = ? AND {PROBABLE} AND typeof(l.image) = 'integer'"
    )
    if images is None:
        rows: Iterable[tuple[Any, ...]] = store.db.execute(f"{select} ORDER BY l.image, l.class", [label_set])
    else:
        rows = store.db.rows_in(f"{select} AND l.image IN ({{marks}}) ORDER BY l.image, l.class", images, label_set)
    facts: dict[int, Fact] = {}
    for image, name, act, said_by, said_at in rows:
        known = facts[image].labels if image in facts else ()
        facts[image] = Fact((*known, name), str(said_by), str(said_at), act)
    return facts


def fact_images(store: Store, label_set: int) -> NDArray[np.int64]:
    """Return the ids, ascending, of the pictures of which a person's word counts in a set."""
    import numpy as np

    rows = store.db.execute(
        "SELECT DISTINCT image FROM labels WHERE label_set = ? AND act IS NOT NULL AND typeof(image) = 'integer'"
        " ORDER BY image",
        [label_set],
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def fact_images_under(store: Store, label_set: int, classes: Collection[str]) -> NDArray[np.int64]:
    """Return the ids, ascending, of the pictures of which a person's word will count once a set has these classes."""
    import numpy as np

    rows = store.db.execute(
        "SELECT image FROM corrections WHERE label_set = ? AND standing AND typeof(image) = 'integer'"
        " AND act IN (SELECT value FROM json_each(?)) ORDER BY image",
        [label_set, json.dumps(_acts_that_count(store, label_set, classes))],
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def fact_counts(store: Store, label_set: int) -> dict[str, int]:
    """Return how many pictures have each label of a set from a person."""
    rows = store.db.execute(
        f"SELECT class, count(*) FROM labels WHERE label_set = ? AND act IS NOT NULL AND {PROBABLE} GROUP BY class",
        [label_set],
    )
    return dict(rows.fetchall())


def count_said(store: Store, label_set: int) -> tuple[int, int]:
    """Return of how many pictures a person's word counts in a set, and of how many it stands but does not count."""
    counting = store.db.execute(
        "SELECT count(DISTINCT image) FROM labels WHERE label_set = ? AND act IS NOT NULL", [label_set]
    ).fetchone()[0]
    standing = store.db.execute("SELECT count(*) FROM corrections WHERE label_set = ? AND standing", [label_set])
    return int(counting), max(0, int(standing.fetchone()[0]) - int(counting))


def settle(store: Store, label_set: int, classes: Collection[str]) -> None:
    """Write into the labels what counts now that a set has these classes; part of the transaction around it."""
    store.db.execute("DELETE FROM labels WHERE label_set = ? AND act IS NOT NULL", [label_set])
    acts = json.dumps(_acts_that_count(store, label_set, classes))
    write_facts(store, label_set, "c.act IN (SELECT value FROM json_each(?))", [acts])


def write_facts(store: Store, label_set: int, condition: str, values: Sequence[Any]) -> None:
    """Write the labels of the standing statements of a set that meet a condition on `c`, in place of the model's."""
    standing = f"c.label_set = ? AND c.standing AND c.image IS NOT NULL AND {condition}"
    parameters = [label_set, label_set, *values]
    store.db.execute(
        f"DELETE FROM labels WHERE label_set = ? AND image IN (SELECT c.image FROM corrections c WHERE {standing})",
        parameters,
    )
    store.db.execute(
        "INSERT OR IGNORE INTO labels (label_set, image, class, probability, act)"
        " SELECT c.label_set, c.image, said.value, 1.0, c.act FROM corrections c JOIN correction_acts a ON a.id = c.act"
        f" JOIN json_each({_GIVEN}) said WHERE {standing}",
        [label_set, *values],
    )


def counts_in_set(store: Store, act: int) -> bool:
    """Return whether what an act said counts in its set as it is now."""
    row = store.db.execute("SELECT label_set FROM correction_acts WHERE id = ?", [act]).fetchone()
    return row is not None and act in _acts_that_count(store, row[0], classes_of_set(store, row[0]), act)


def classes_of_set(store: Store, label_set: int) -> list[str]:
    """Return the names of a set's classes, none if its description is damaged."""
    row = store.db.execute("SELECT classes FROM label_sets WHERE id = ?", [label_set]).fetchone()
    try:
        return [str(class_["name"]) for class_ in json.loads(row[0])] if row else []
    except (ValueError, TypeError, KeyError):
        return []


def _acts_that_count(store: Store, label_set: int, classes: Collection[str], act: int | None = None) -> list[int]:
    """Return the acts of a set, all or one, that were not undone and count under these classes."""
    rows = store.db.execute(
        "SELECT id, labels, classes FROM correction_acts WHERE label_set = ? AND undone_at IS NULL"
        " AND json_valid(labels) AND json_valid(classes) AND ifnull(id = ?, 1)",
        [label_set, act],
    )
    known = ((id, json.loads(labels), json.loads(then)) for id, labels, then in rows)
    return [
        id for id, said, then in known if _are_names(said) and _are_names(then) and holds_under(classes, said, then)
    ]


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def copy_facts(store: Store, original: int, copy: int) -> None:
    """Let what was said of a picture hold for a copy with the same bytes, too."""
    rows = store.db.execute("SELECT id FROM corrections WHERE image = ? AND standing", [original]).fetchall()
    for (id,) in rows:
        store.db.execute(
            "INSERT INTO corrections (act, label_set, image, content_hash, at_ms, before, standing)"
            " SELECT act, label_set, ?, content_hash, at_ms, '[]', 1 FROM corrections WHERE id = ?",
            [copy, id],
        )
    _write_of_picture(store, copy, len(rows))


def edited(store: Store, image: int, digest: bytes) -> None:
    """Keep what was said of a picture that has other bytes now, since it was edited."""
    store.db.execute("UPDATE corrections SET content_hash = ? WHERE image = ?", [digest, image])


def part(store: Store, image: int) -> None:
    """Part what was said of a picture from its file, which shows another one now."""
    store.db.execute("DELETE FROM labels WHERE image = ? AND act IS NOT NULL", [image])
    store.db.execute("UPDATE corrections SET image = NULL WHERE image = ?", [image])


def come_back(store: Store, image: int, digest: bytes, at_ms: int) -> None:
    """Give a new picture what was said of one with the same bytes that was in the library before."""
    rows = store.db.execute(
        "SELECT max(act), id FROM corrections WHERE image IS NULL AND content_hash = ? AND at_ms = ? AND standing"
        " GROUP BY label_set",
        [digest, at_ms],
    ).fetchall()
    for _, id in rows:
        store.db.execute("UPDATE corrections SET image = ? WHERE id = ?", [image, id])
    _write_of_picture(store, image, len(rows))


def _write_of_picture(store: Store, image: int, statements: int) -> None:
    """Write the labels of the statements on a picture, if there are any."""
    if not statements:
        return
    for label_set, act in store.db.execute(
        "SELECT label_set, act FROM corrections WHERE image = ? AND standing", [image]
    ).fetchall():
        if counts_in_set(store, act):
            write_facts(store, label_set, "c.image = ?", [image])
