"""Label sets in the store: each with a name, its classes, how pictures are judged, and the pictures' labels.

A set of kind "softmax" gives each picture one label, one of kind "multi" every label that applies. A picture that was
judged always has a label: where no class fits, it is "other". So a picture without a label in a set is new or changed.
A set that nobody named, saved, corrected or exported is a draft: only the newest of these are kept. Labels with an
`act` are what a person said (facts.py): only corrections.py changes them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.damage import note_damage
from indexer.errors import InvalidRequest
from indexer.spelling import composed
from indexer.store.facts import settle
from indexer.store.models import StoredModel
from indexer.store.soundness import PROBABLE, is_number
from indexer.store.store import Store, now

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OTHER = "other"
DRAFTS = 3  # that are kept

Label = tuple[int, str, float]  # image id, class, probability
_SETS = (
    "SELECT s.*, m.name AS by, EXISTS (SELECT 1 FROM correction_acts a WHERE a.label_set = s.id AND undone_at IS NULL)"
    " AS corrected, EXISTS (SELECT 1 FROM correction_acts a WHERE a.label_set = s.id AND undone_at IS NULL"
    " AND a.labels = '[]') AS none_said FROM label_sets s JOIN models m ON m.id = s.model"
)


@dataclass(frozen=True, slots=True)
class StoredClass:
    """A class of a set, as it was given."""

    name: str
    prompts: tuple[str, ...]
    examples: int = 0  # how many example pictures it was given
    threshold: float | None = None  # its own, if not the set's
    taught: tuple[str, ...] = ()  # example pictures of the library, by their content keys
    learnt: tuple[str, ...] = ()  # the same, from what a person corrected

    @property
    def all_examples(self) -> int:
        """How many example pictures it has in all."""
        return self.examples + len(self.taught) + len(self.learnt)


@dataclass(frozen=True, slots=True)
class SetDescription:
    """What a label set is, without its name and its labels."""

    kind: str  # "softmax", or "multi" if a picture may have several labels
    classes: tuple[StoredClass, ...]
    templates: tuple[str, ...]
    other: bool  # whether what fits no class was modelled
    threshold: float
    temperature: float
    recipe: str  # a hash of everything that decides the labels

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, without "other"."""
        return tuple(class_.name for class_ in self.classes)

    @property
    def label_names(self) -> tuple[str, ...]:
        """All labels that a picture may have."""
        may_be_other = self.other or self.kind == "multi" or bool(self.thresholds)
        return (*self.class_names, *((OTHER,) if may_be_other and OTHER not in self.class_names else ()))

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds other than 0: the set's, and those of single classes."""
        own = [class_.threshold for class_ in self.classes if class_.threshold is not None]
        return tuple(value for value in (self.threshold, *own) if value)


@dataclass(frozen=True, slots=True)
class LabelSet(SetDescription):
    """A label set in the library."""

    id: int
    name: str
    model: str
    labelled_at: str  # UTC, ISO 8601
    exported_as: str | None = None  # its name in sidecars, if it was written into some
    draft: bool = False  # whether it is forgotten once there are newer drafts
    corrected: bool = False  # whether a person said something in it
    none_said: bool = False  # whether a person said of a picture that it is none of the classes

    @property
    def label_names(self) -> tuple[str, ...]:
        """All labels that a picture may have."""
        names = SetDescription.label_names.__get__(
            self
        )  # super() knows no class that dataclass has made anew for slots
        return names if OTHER in names or not self.none_said else (*names, OTHER)

    @property
    def sidecar_name(self) -> str:
        """Its name in sidecars: they keep the first one, so that labels a person removed there stay recognised."""
        return self.exported_as or self.name


def label_sets(store: Store) -> list[LabelSet]:
    """Return all label sets, oldest first, without those whose description is damaged."""
    rows = store.db.execute(f"{_SETS} ORDER BY s.id")
    columns = [column[0] for column in rows.description]
    read = [read_set(dict(zip(columns, row, strict=True))) for row in rows]
    return [label_set for label_set in read if label_set is not None]


def label_set_with_id(store: Store, id: int) -> LabelSet:
    """Return the label set of an id; raises InvalidRequest if there is none, as when it was just removed."""
    rows = store.db.execute(f"{_SETS} WHERE s.id = ?", [id])
    columns = [column[0] for column in rows.description]
    row = rows.fetchone()
    label_set = None if row is None else read_set(dict(zip(columns, row, strict=True)))
    if label_set is None:
        raise InvalidRequest("This label set is not there any more; look at: clipsearch labels list")
    return label_set


def label_set_named(store: Store, name: str) -> LabelSet | None:
    """Return the label set of a name, in either spelling (indexer/spelling.py), or None."""
    known = label_sets(store)
    exact = (label_set for label_set in known if label_set.name == name)
    alike = (label_set for label_set in known if composed(label_set.name) == composed(name))
    return next(exact, None) or next(alike, None)


def labels_in(store: Store, label_set: int) -> Iterator[Label]:
    """Yield (image id, class, probability) of each label in a set."""
    yield from store.db.execute(
        f"SELECT image, class, probability FROM labels WHERE label_set = ? AND {PROBABLE}", [label_set]
    )


def labelled_images(store: Store, label_set: int) -> NDArray[np.int64]:
    """Return the ids, ascending, of the pictures that were judged for a set and have sound labels."""
    import numpy as np

    rows = store.db.execute(
        f"SELECT DISTINCT image FROM labels WHERE label_set = ? AND typeof(image) = 'integer' AND {PROBABLE}"
        " ORDER BY image",
        [label_set],
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def counts_in(store: Store, label_set: int) -> dict[str, tuple[int, float]]:
    """Return how many pictures have each label of a set, and its mean probability, most frequent first."""
    rows = store.db.execute(
        f"SELECT class, count(*), avg(probability) FROM labels WHERE label_set = ? AND {PROBABLE} GROUP BY class"
        " ORDER BY count(*) DESC, class",
        [label_set],
    )
    return {name: (count, mean) for name, count, mean in rows}


def begin_set(store: Store, model: StoredModel, name: str, made: SetDescription, keep: bool = True) -> tuple[int, bool]:
    """Return the id of the set of a name, added if new, and whether its old labels were dropped.

    They are if another recipe or model made them, save what a person said. Unless it is to be kept, a new set is a
    draft.
    """
    columns = {
        "name": name,
        "model": model.id,
        "kind": made.kind,
        "classes": json.dumps([_as_json(class_) for class_ in made.classes], ensure_ascii=False),
        "templates": json.dumps(made.templates, ensure_ascii=False),
        "other": made.other,
        "threshold": made.threshold,
        "temperature": made.temperature,
        "recipe": made.recipe,
        "labelled_at": now(),
    }
    marks = ", ".join("?" * len(columns))
    with store.writing():
        row = store.db.execute("SELECT id, recipe, model FROM label_sets WHERE name = ?", [name]).fetchone()
        changed = row is not None and (row[1], row[2]) != (made.recipe, model.id)
        if row is not None and changed:
            store.db.execute("DELETE FROM labels WHERE label_set = ?", [row[0]])
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
        store.db.execute(
            f"INSERT INTO label_sets ({', '.join(columns)}, draft) VALUES ({marks}, ?)"
            f" ON CONFLICT (name) DO UPDATE SET {updates}, draft = min(draft, excluded.draft)",
            [*columns.values(), not keep],
        )
        id = int(store.db.execute("SELECT id FROM label_sets WHERE name = ?", [name]).fetchone()[0])
        if changed:
            settle(store, id, made.class_names)
    return id, changed


def add_labels(store: Store, label_set: int, images: Sequence[int], labels: Iterable[Label]) -> None:
    """Replace the labels of some pictures, in one transaction; what a person said of them stays.

    Labels of a picture or set that was removed meanwhile are left out.
    """
    with store.writing():
        store.db.conn.executemany(
            "DELETE FROM labels WHERE label_set = ? AND image = ? AND act IS NULL",
            ((label_set, image) for image in images),
        )
        store.db.conn.executemany(
            "INSERT INTO labels (label_set, image, class, probability) SELECT s.id, i.id, ?, ?"
            " FROM label_sets s JOIN images i WHERE s.id = ? AND i.id = ? AND NOT EXISTS"
            " (SELECT 1 FROM labels WHERE label_set = s.id AND image = i.id AND act IS NOT NULL)",
            ((name, probability, label_set, image) for image, name, probability in labels),
        )


def remove_set(store: Store, label_set: LabelSet) -> None:
    """Remove a set with its labels and what a person said in it."""
    with store.writing():
        store.db.execute("DELETE FROM label_sets WHERE id = ?", [label_set.id])


def keep_set(store: Store, label_set: LabelSet) -> None:
    """Keep a set for good, if it is a draft; nothing where the library can't be written to."""
    if label_set.draft and not store.read_only:
        with store.writing():
            store.db.execute("UPDATE label_sets SET draft = 0 WHERE id = ?", [label_set.id])


def is_draft(store: Store, label_set: int) -> bool:
    """Return whether a set, by its id, is a draft."""
    row = store.db.execute("SELECT draft FROM label_sets WHERE id = ?", [label_set]).fetchone()
    return bool(row and row[0])


def forget_drafts(store: Store, used: Collection[int] = ()) -> list[str]:
    """Remove the drafts but the newest DRAFTS and those in use, by their ids; return the names of what went.

    What was exported is no draft, whatever its row says: sidecars count on it.
    """
    rows = store.db.execute(
        "SELECT id, name FROM label_sets WHERE draft AND exported_as IS NULL ORDER BY labelled_at DESC, id DESC"
    ).fetchall()
    others = [row for row in rows if row[0] not in used]
    gone = others[max(0, DRAFTS - (len(rows) - len(others))) :]
    if gone:
        with store.writing():
            store.db.conn.executemany("DELETE FROM label_sets WHERE id = ? AND draft", [(row[0],) for row in gone])
    return [str(row[1]) for row in gone]


def remember_export(store: Store, label_set: LabelSet, name: str | None) -> None:
    """Store the name of a set in sidecars, None if it was removed from them; either keeps it."""
    if label_set.exported_as != name:
        with store.writing():
            store.db.execute("UPDATE label_sets SET exported_as = ?, draft = 0 WHERE id = ?", [name, label_set.id])


def rename_set(store: Store, label_set: LabelSet, name: str) -> None:
    """Rename a set, which keeps it; no other may have the new name."""
    with store.writing():
        store.db.execute("UPDATE label_sets SET name = ?, draft = 0 WHERE id = ?", [name, label_set.id])


def _as_json(class_: StoredClass) -> dict[str, Any]:
    optional = {
        "examples": class_.examples or None,
        "threshold": class_.threshold,
        "taught": list(class_.taught) or None,
        "learnt": list(class_.learnt) or None,
    }
    given = {key: value for key, value in optional.items() if value is not None}
    return {"name": class_.name, "prompts": list(class_.prompts), **given}


def _class_from(fields: dict[str, Any]) -> StoredClass:
    """Return a class from its JSON."""
    taught, learnt = (tuple(fields.get(name, ())) for name in ("taught", "learnt"))
    threshold = fields.get("threshold")
    return StoredClass(fields["name"], tuple(fields["prompts"]), fields.get("examples", 0), threshold, taught, learnt)


def read_set(row: dict[str, Any]) -> LabelSet | None:
    """Return a set from its row; None, and noted, if its description is damaged."""
    try:
        label_set = _from_row(row)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        label_set = None
    if label_set is None or not _is_sound(label_set):
        note_damage("label set", [row["id"]])
        return None
    return label_set


def _from_row(row: dict[str, Any]) -> LabelSet:
    """Return a set from its row."""
    return LabelSet(
        id=row["id"],
        name=row["name"],
        model=row["by"],
        kind=row["kind"],
        classes=tuple(_class_from(fields) for fields in json.loads(row["classes"])),
        templates=tuple(json.loads(row["templates"])),
        other=bool(row["other"]),
        threshold=row["threshold"],
        temperature=row["temperature"],
        recipe=row["recipe"],
        labelled_at=row["labelled_at"],
        exported_as=row["exported_as"],
        draft=bool(row["draft"]) and row["exported_as"] is None,
        corrected=bool(row.get("corrected")),
        none_said=bool(row.get("none_said")),
    )


def _is_sound(label_set: LabelSet) -> bool:
    """Return whether what is stored of a set can be true."""
    texts = [label_set.name, label_set.model, label_set.recipe, label_set.labelled_at, *label_set.templates]
    for class_ in label_set.classes:
        texts += [class_.name, *class_.prompts, *class_.taught, *class_.learnt]
    own = [class_.threshold for class_ in label_set.classes if class_.threshold is not None]
    return (
        all(type(text) is str for text in texts)
        and (label_set.exported_as is None or type(label_set.exported_as) is str)
        and label_set.kind in ("softmax", "multi")
        and all(is_number(value, 0, 1) for value in (label_set.threshold, *own))
        and is_number(label_set.temperature, 0)
        and all(type(class_.examples) is int for class_ in label_set.classes)
    )


def find_label_set(store: Store, name: str | None) -> LabelSet:
    """Return the label set of a name, or the only one there is; raises InvalidRequest that lists the sets."""
    known = label_sets(store)
    if not known:
        raise InvalidRequest("No picture has a label yet; run: clipsearch label --classes cup,car")
    if name is None and len(known) == 1:
        return known[0]
    if name is not None and (chosen := label_set_named(store, name)) is not None:
        return chosen
    names = ", ".join(f'"{label_set.name}"' for label_set in known)  # quoted, as they may have commas in them
    if name is None:
        raise InvalidRequest(
            f"There are several label sets, so name one: {names}.", unnamed="There are several label sets, so name one."
        )
    unknown = f'There is no label set "{name}"'
    raise InvalidRequest(
        f"{unknown}; there are: {names}.", unnamed=f"{unknown}; the overview of the library tells which there are."
    )
