"""Rows with values that can't be: SQLite keeps any value in any column, whoever writes it.

What can be had from the pictures again is dropped, so that the next run has it again; the rest is named.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.decoding.perceptual_hash import BYTES
from indexer.store.labels import read_set
from indexer.store.soundness import MOST_ID, MOST_NUMBER, PROBABLE, READABLE
from indexer.store.store import Store
from indexer.wording import counted
from search.checking.findings import Problem, Problems

AGAIN = "the next clipsearch index makes them again"


@dataclass(frozen=True, slots=True)
class Rule:
    """What rows of a table must not be, and the statements that repair them."""

    area: str
    table: str
    bad: str  # in SQL
    which: str  # says what is wrong with them
    done: str = ""
    repairs: Sequence[str] = ()  # with {bad}; none if it can't be repaired


def _number(column: str, least: float, most: float) -> str:
    return f"(typeof({column}) IN ('integer', 'real') AND {column} BETWEEN {least} AND {most})"


def _text(*columns: str) -> str:
    return " AND ".join(f"typeof({column}) IN ('text', 'null')" for column in columns)


_USABLE = (
    f"{READABLE} AND id BETWEEN 1 AND {MOST_ID} AND typeof(format) = 'text' AND path <> ''"
    " AND typeof(width) = 'integer' AND typeof(height) = 'integer' AND typeof(at_ms) = 'integer'"
    f" AND abs(size / 2) < {MOST_NUMBER} AND substr(path, 1, 1) <> '/' AND instr('/' || path || '/', '/../') = 0"
    " AND root IN (SELECT id FROM roots)"
)
_METADATA = (
    _text("camera_make", "camera_model", "lens", "taken_from", "note", "indexed_at")
    + " AND (taken_at IS NULL OR (typeof(taken_at) = 'text' AND taken_at GLOB '[0-9][0-9][0-9][0-9]*'))"
    " AND ((latitude IS NULL AND longitude IS NULL) OR "
    f"({_number('latitude', -90, 90)} AND {_number('longitude', -180, 180)}))"
    " AND typeof(orientation) IN ('integer', 'null') AND typeof(taken_ms) IN ('integer', 'null')"
)
_FORGET = (
    "DELETE FROM embeddings WHERE image IN (SELECT id FROM images WHERE {bad})",
    "UPDATE images SET camera_make = NULL, camera_model = NULL, lens = NULL, taken_from = NULL, note = NULL,"
    " indexed_at = '', taken_at = NULL, latitude = NULL, longitude = NULL, orientation = NULL, taken_ms = NULL"
    " WHERE {bad}",
)
_DROP_ACTS = "DELETE FROM correction_acts WHERE {bad}"
_HASH = "typeof({column}) = 'blob' AND length({column}) = {length}"
RULES = (
    Rule(
        "pictures",
        "images",
        f"NOT ({_USABLE})",
        "can't be used",
        f"Dropped; {AGAIN}, and clipsearch label their labels.",
        ("DELETE FROM images WHERE {bad}",),
    ),
    Rule(
        "pictures",
        "images",
        f"({_USABLE}) AND NOT ({_METADATA})",
        "with a date, place or camera that can't be",
        "Dropped; the next clipsearch index reads them again.",
        _FORGET,
    ),
    Rule(
        "pictures",
        "images",
        f"content_hash IS NOT NULL AND NOT ({_HASH.format(column='content_hash', length=16)})",
        "with a damaged content hash",
        f"Dropped; {AGAIN}.",
        ("UPDATE images SET content_hash = NULL WHERE {bad}",),
    ),
    Rule(
        "pictures",
        "images",
        f"perceptual_hash IS NOT NULL AND NOT ({_HASH.format(column='perceptual_hash', length=BYTES)})",
        "with a damaged perceptual hash",
        "Dropped; clipsearch duplicates makes them again.",
        ("UPDATE images SET perceptual_hash = NULL WHERE {bad}",),
    ),
    Rule(
        "labels",
        "labels",
        f"NOT ({PROBABLE} AND typeof(image) = 'integer')",
        "with a class or probability that can't be",
        "Dropped; clipsearch label judges their pictures again.",
        ("DELETE FROM labels WHERE {bad}",),
    ),
    Rule(
        "labels",
        "correction_acts",
        "NOT (json_valid(labels) AND json_valid(classes) AND typeof(said_by) = 'text' AND typeof(said_at) = 'text'"
        " AND typeof(undone_at) IN ('text', 'null'))",
        "can't be used",
        "Dropped.",
        ("DELETE FROM corrections WHERE act IN (SELECT id FROM correction_acts WHERE {bad})", _DROP_ACTS),
    ),
    Rule(
        "labels",
        "corrections",
        "NOT (json_valid(before) AND typeof(image) IN ('integer', 'null') AND standing IN (0, 1))",
        "can't be used in part",
        "That part was dropped.",
        ("UPDATE corrections SET before = '[]', standing = standing IS 1 WHERE {bad}",),
    ),
    Rule(
        "failures",
        "failures",
        f"NOT ({READABLE} AND typeof(reason) = 'text' AND typeof(failed_at) = 'text')",
        "can't be used",
        "Dropped; the next clipsearch index tries the files again.",
        ("DELETE FROM failures WHERE {bad}",),
    ),
    Rule(
        "index",
        "index_changes",
        f"NOT (typeof(image) = 'integer' AND image BETWEEN 1 AND {MOST_ID})",
        "can't be used",
        "Dropped.",
        ("DELETE FROM index_changes WHERE {bad}",),
    ),
    Rule(
        "duplicates",
        "comparisons",
        "NOT (typeof(better) = 'blob' AND typeof(worse) = 'blob' AND typeof(method) = 'integer'"
        " AND typeof(kind) IN ('text', 'null'))",
        "can't be used",
        "Dropped; clipsearch duplicates makes them again.",
        ("DELETE FROM comparisons WHERE {bad}",),
    ),
    Rule(
        "roots",
        "roots",
        "NOT (typeof(path) = 'text' AND path <> '' AND typeof(path_bytes) IN ('blob', 'null')"
        " AND json_type(CASE WHEN json_valid(exclude) THEN exclude ELSE '5' END) = 'array')",
        "can't be read",
    ),
    Rule(
        "roots",
        "roots",
        "typeof(up_to_date) NOT IN ('blob', 'null')",
        "with a damaged hash of its files",
        "Dropped.",
        ("UPDATE roots SET up_to_date = NULL WHERE {bad}",),
    ),
)


def row_problems(store: Store) -> Problems:
    """Yield what is wrong with rows, in one pass over each table."""
    for table in dict.fromkeys(rule.table for rule in RULES):
        rules = [rule for rule in RULES if rule.table == table]
        sums = ", ".join(f"total(ifnull({rule.bad}, 1))" for rule in rules)
        counts = store.db.execute(f"SELECT {sums} FROM {table}").fetchone()
        for rule, count in zip(rules, counts, strict=True):
            if count:
                repair = _repair(store, rule) if rule.repairs else None
                what = f"{counted(int(count), 'row', ',')} of the table {table} {rule.which}."
                yield Problem(rule.area, what, rule.done, repair)
    yield from _set_problems(store)
    yield from _spelling_problems(store)


def _repair(store: Store, rule: Rule) -> Callable[[], None]:
    def repair() -> None:
        with store.writing():
            for statement in rule.repairs:
                store.db.execute(statement.format(bad=f"ifnull({rule.bad}, 1)"))

    return repair


def _set_problems(store: Store) -> Problems:
    """Yield the label sets whose description can't be read."""
    rows = store.db.execute("SELECT s.*, m.name AS by FROM label_sets s LEFT JOIN models m ON m.id = s.model")
    columns = [column[0] for column in rows.description]
    for row in rows.fetchall():
        fields = dict(zip(columns, row, strict=True))
        if read_set(fields) is None:
            name = str(fields["name"])[:100]
            yield Problem("labels", f'What the label set "{name}" is can\'t be read; label anew under its name.')


SPELLED = {
    "images": ("path", "format", "indexed_at", "taken_at", "camera_make", "camera_model", "lens", "taken_from", "note"),
    "failures": ("path", "reason", "failed_at"),
    "labels": ("class",),
    "correction_acts": ("labels", "classes", "recipe", "said_by", "said_at"),
    "corrections": ("before",),
    "texts": ("text",),
    "roots": ("path", "exclude"),
    "models": ("name", "fingerprint"),
    "label_sets": ("name", "classes", "templates", "recipe"),
}
DROPPED = ("images", "failures", "labels", "texts")  # what a run or a command makes again


def _spelling_problems(store: Store) -> Problems:
    """Yield the tables with texts that are not UTF-8; a quick way over all of them says whether there are any."""
    for table, columns in SPELLED.items():
        if _is_utf8(store, table, columns):
            continue
        bad = _rows_with_bad_texts(store, table, columns)
        what = f"{counted(len(bad), 'row')} of the table {table} with text that is not UTF-8."
        if table in DROPPED:
            yield Problem(table, what, f"Dropped; {AGAIN}.", _dropper(store, table, bad))
        else:
            yield Problem(table, what)


def _is_utf8(store: Store, table: str, columns: Sequence[str]) -> bool:
    with _texts_as(store, str):
        try:
            deque(store.db.execute(f"SELECT {', '.join(columns)} FROM {table}"), maxlen=0)
        except sqlite3.OperationalError:
            return False
    return True


def _rows_with_bad_texts(store: Store, table: str, columns: Sequence[str]) -> list[Any]:
    """Return the keys of rows with texts that are not UTF-8: rowids, or of labels (set, image)."""
    key = "label_set || ' ' || image" if table == "labels" else "rowid"
    with _texts_as(store, bytes):
        rows = store.db.execute(f"SELECT {key}, {', '.join(columns)} FROM {table}")
        return [row[0] for row in rows if not all(map(_can_be_read, row[1:]))]


def _can_be_read(value: Any) -> bool:
    try:
        return not isinstance(value, bytes) or bool(value.decode()) or True
    except UnicodeDecodeError:
        return False


def _dropper(store: Store, table: str, keys: Sequence[Any]) -> Callable[[], None]:
    key = "label_set || ' ' || image" if table == "labels" else "rowid"

    def drop() -> None:
        with store.writing():
            store.db.conn.executemany(f"DELETE FROM {table} WHERE {key} = ?", [(_plain(one),) for one in keys])

    return drop


def _plain(key: Any) -> Any:
    return key.decode() if isinstance(key, bytes) else key


@contextlib.contextmanager
def _texts_as(store: Store, kind: type) -> Iterator[None]:
    before = store.db.conn.text_factory
    store.db.conn.text_factory = kind
    try:
        yield
    finally:
        store.db.conn.text_factory = before
