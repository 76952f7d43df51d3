"""What people say of pictures: said in acts, each one transaction, which can be taken back one after another.

Statements are only ever added. facts.py writes what counts of them into the labels.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest, LibraryError, UndoError
from indexer.spelling import caseless
from indexer.store.facts import NONE_OF_THEM, counts_in_set, write_facts
from indexer.store.labels import label_set_with_id
from indexer.store.soundness import MOST_ID, PROBABLE
from indexer.store.store import Store, now
from indexer.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.store.labels import LabelSet

MOST_PICTURES = 100_000  # in one act
LABELS_SHOWN = 10  # in a message
NOTHING_CORRECTED = "Nothing was corrected in this label set that could be undone."
_MODELS = f"SELECT json_group_array(json_array(class, probability)) FROM labels WHERE {PROBABLE} AND act IS NULL"


@dataclass(frozen=True, slots=True)
class Act:
    """What was said at once."""

    id: int
    images: tuple[int, ...]  # those of the pictures that are in the library


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    act: int
    images: tuple[int, ...]
    unjudged: tuple[int, ...]  # those of the pictures that have no label now; the model must judge them again


def correct(store: Store, label_set: int, images: Sequence[int], labels: Sequence[str], said_by: str) -> Act:
    """Store that a person said that pictures have these labels of a set, and no others; [] means none of its classes.

    Ids that are not in the library are left out. A set of which something was said is no draft. Raises InvalidRequest
    for an unknown label or too many, LibraryError if the library can't be written to.
    """
    if len(images) > MOST_PICTURES:
        raise InvalidRequest(
            f"At most {counted(MOST_PICTURES, 'picture', ',')} can be corrected at once, not {len(images):,}."
        )
    _refuse_read_only(store)
    ids = json.dumps(sorted({image for image in images if 0 < image <= MOST_ID}))
    with store.writing():
        made = label_set_with_id(store, label_set)
        said = said_labels(made, labels)
        act = _begin(store, made, said, said_by)
        _add_pictures(store, act, made, ids)
        write_facts(store, label_set, "c.act = ?", [act])
        store.db.execute("UPDATE label_sets SET draft = 0 WHERE id = ? AND draft", [label_set])
        rows = store.db.execute("SELECT image FROM corrections WHERE act = ? ORDER BY image", [act]).fetchall()
    return Act(act, tuple(row[0] for row in rows))


def undo_last(store: Store, label_set: int, act: int | None = None) -> Undone:
    """Take the last act in a set back that still holds; with `act` only if it is that one.

    What was said before holds again, else what the model had found. Raises UndoError if there is nothing to take back.
    """
    _refuse_read_only(store)
    with store.writing():
        made = label_set_with_id(store, label_set)
        last = last_act(store, label_set)
        if last is None:
            raise UndoError(f'Nothing was corrected in "{made.name}" that could be undone.', unnamed=NOTHING_CORRECTED)
        if act is not None and act != last:
            raise UndoError("Something else was corrected since, so undo that first.")
        store.db.execute("UPDATE correction_acts SET undone_at = ? WHERE id = ?", [now(), last])
        images = [
            row[0]
            for row in store.db.execute(
                "SELECT image FROM corrections WHERE act = ? AND standing AND typeof(image) = 'integer' ORDER BY image",
                [last],
            )
        ]
        store.db.execute("UPDATE corrections SET standing = 0 WHERE act = ?", [last])
        _restore(store, made, last, json.dumps(images))
        unjudged = store.db.execute(
            "SELECT value FROM json_each(?) WHERE NOT EXISTS"
            " (SELECT 1 FROM labels WHERE label_set = ? AND image = value)",
            [json.dumps(images), label_set],
        ).fetchall()
    return Undone(last, tuple(images), tuple(row[0] for row in unjudged))


def last_act(store: Store, label_set: int) -> int | None:
    """Return the last act in a set that was not taken back."""
    row = store.db.execute(
        "SELECT max(id) FROM correction_acts WHERE label_set = ? AND undone_at IS NULL", [label_set]
    ).fetchone()
    return None if row[0] is None else int(row[0])


def images_of_last(store: Store, label_set: int) -> Iterator[int]:
    """Yield the pictures of the last act in a set that was not taken back, looked up once the first is asked for."""
    select = "SELECT image FROM corrections WHERE act = ? AND typeof(image) = 'integer'"
    yield from (row[0] for row in store.db.execute(select, [last_act(store, label_set)]))


def said_labels(made: LabelSet, labels: Iterable[str]) -> tuple[str, ...]:
    """Return labels as a set spells them, in its order, () for none of its classes.

    Raises InvalidRequest for one that it does not have, and for several where a picture has one.
    """
    wanted = [_spelled(made, label) for label in labels]
    if NONE_OF_THEM in wanted and set(wanted) != {NONE_OF_THEM}:
        raise InvalidRequest(f'"{NONE_OF_THEM}" is none of the classes, so it can\'t be said beside one.')
    said = tuple(name for name in made.class_names if name in wanted)
    if len(said) > 1 and made.kind != "multi":
        one = f"a picture has one label, not {len(said)}."
        raise InvalidRequest(f'In "{made.name}" {one}', unnamed=f"In this label set {one}")
    return said


def _spelled(made: LabelSet, label: str) -> str:
    """Return a label as a set spells it; raises InvalidRequest for one that it does not have."""
    names = (*made.class_names, NONE_OF_THEM)
    found = [name for name in names if name == label] or [name for name in names if caseless(name) == caseless(label)]
    if found:
        return found[0]
    listed = ", ".join(f'"{name}"' for name in made.class_names[:LABELS_SHOWN])
    more = f" and {len(made.class_names) - LABELS_SHOWN} more" if len(made.class_names) > LABELS_SHOWN else ""
    raise InvalidRequest(
        f'The label set "{made.name}" has no label "{label}"; it has {listed}{more} and "{NONE_OF_THEM}".',
        unnamed=f'This label set has no label "{label}"; the overview of the library tells which it has.',
    )


def _begin(store: Store, made: LabelSet, said: Sequence[str], said_by: str) -> int:
    """Add an act without pictures, and return its id."""
    cursor = store.db.execute(
        "INSERT INTO correction_acts (label_set, labels, classes, recipe, said_by, said_at) VALUES (?, ?, ?, ?, ?, ?)",
        [made.id, _json(said), _json(made.class_names), made.recipe, said_by, now()],
    )
    return int(cursor.lastrowid or 0)


def _add_pictures(store: Store, act: int, made: LabelSet, ids: str) -> None:
    """Let the pictures of these ids, as JSON, have the word of an act; `before` is what the model last found."""
    store.db.execute(
        "INSERT INTO corrections (act, label_set, image, content_hash, at_ms, before, standing)"
        " SELECT ?1, ?2, i.id, i.content_hash, i.at_ms, coalesce((SELECT CASE WHEN a.recipe = ?3 THEN c.before"
        " ELSE '[]' END FROM corrections c JOIN correction_acts a ON a.id = c.act"
        " WHERE c.label_set = ?2 AND c.image = i.id AND c.standing),"
        f" ({_MODELS} AND label_set = ?2 AND image = i.id)), 0"
        " FROM images i WHERE i.id IN (SELECT value FROM json_each(?4))",
        [act, made.id, made.recipe, ids],
    )
    store.db.execute(
        "UPDATE corrections SET standing = 0 WHERE label_set = ? AND standing"
        " AND image IN (SELECT value FROM json_each(?))",
        [made.id, ids],
    )
    store.db.execute("UPDATE corrections SET standing = 1 WHERE act = ?", [act])


def _restore(store: Store, made: LabelSet, act: int, images: str) -> None:
    """Let what was said before an act that was undone hold for its pictures, ids as JSON, or what the model found."""
    among = "image IN (SELECT value FROM json_each(?))"
    store.db.execute(
        "UPDATE corrections SET standing = 1 WHERE id IN (SELECT id FROM (SELECT c.id, c.image, max(c.act)"
        " FROM corrections c JOIN correction_acts a ON a.id = c.act"
        f" WHERE c.label_set = ? AND a.undone_at IS NULL AND c.{among} GROUP BY c.image))",
        [made.id, images],
    )
    store.db.execute(f"DELETE FROM labels WHERE label_set = ? AND {among}", [made.id, images])
    acts = store.db.execute(
        f"SELECT DISTINCT act FROM corrections WHERE label_set = ? AND standing AND {among}", [made.id, images]
    ).fetchall()
    counting = json.dumps([earlier for (earlier,) in acts if counts_in_set(store, earlier)])
    condition = f"c.act IN (SELECT value FROM json_each(?)) AND c.{among}"
    write_facts(store, made.id, condition, [counting, images])
    store.db.execute(
        "INSERT OR IGNORE INTO labels (label_set, image, class, probability)"
        " SELECT c.label_set, c.image, json_extract(found.value, '$[0]'), json_extract(found.value, '$[1]')"
        " FROM corrections c JOIN correction_acts a ON a.id = c.act"
        " JOIN json_each(CASE WHEN json_valid(c.before) THEN c.before ELSE '[]' END) found"
        f" WHERE c.act = ? AND c.{among} AND a.recipe = ? AND NOT EXISTS"
        " (SELECT 1 FROM labels WHERE label_set = c.label_set AND image = c.image)",
        [act, images, made.recipe],
    )


def _refuse_read_only(store: Store) -> None:
    """Raise LibraryError for a library that can't be written to."""
    if store.read_only:
        raise LibraryError("The library can't be written to; check the permissions of its folder.")


def _json(names: Iterable[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)
